# timeout: 180
# A rule holds for whatever comes below its cgroup, however deep and whenever, and with the memory of whoever loaded it
# used up: nothing is allocated for a new cgroup.

depths() { # FIRST LAST: "/l2/l3/l4"
	n=$1
	while [ "$n" -le "$2" ]; do printf '/l%d' "$n"; n=$((n + 1)); done
}
top=/l1$(depths 2 3)
longest=/r1$(depths 2 63)

grep -qw memory /sys/fs/cgroup/cgroup.controllers
mkdir -p /sys/fs/cgroup/loader
echo +memory >/sys/fs/cgroup/cgroup.subtree_control
printf '[kimglock]\nprofile = privileged\n[cgroup "%s"]\nprofile = restricted\n[cgroup "%s"]\nprofile = restricted\n' \
	"$top" "$longest" >"$work/conf"
expect_exit 0 in_cgroup /loader bpflock --config "$work/conf"
echo 0 >/sys/fs/cgroup/loader/memory.max

expect_allowed in_cgroup /l1/l2 -- dev_mem
expect_denied in_cgroup "$top" -- dev_mem
n=0
while [ $n -lt 10 ]; do
	expect_denied in_cgroup "$top/new$n" -- dev_mem
	n=$((n + 1))
done
expect_denied in_cgroup "$top$(depths 4 200)" -- dev_mem
expect_allowed in_cgroup "/other$(depths 1 200)" -- dev_mem
expect_allowed in_cgroup "${longest%/*}" -- dev_mem
expect_denied in_cgroup "$longest" -- dev_mem
expect_denied in_cgroup "$longest$(depths 64 130)" -- dev_mem
expect_record '.decision == "deny" and .reason == "denied (cgroup)"'

# one level more is refused
printf '[cgroup "%s/l64"]\nprofile = restricted\n' "$longest" >"$work/deeper"
expect_exit 2 bpflock --config "$work/deeper"
expect_grep 'more than 63 levels' "$work/err"
# a rule is for its cgroup, whatever was there before
rmdir "/sys/fs/cgroup$top/new1"
expect_denied in_cgroup "$top/new1" -- dev_mem

# from a cgroup namespace, where the root is another
expect_exit 0 in_cgroup /loader2 unshare -C bpflock --profile restricted
expect_denied dev_mem
expect_exit 0 in_cgroup /loader2 unshare -C bpflock-ctl status
