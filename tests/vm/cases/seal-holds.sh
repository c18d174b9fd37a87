# places: trixie-cloud-amd64 trixie-rt-amd64 trixie-arm64 sid-arm64
# timeout: 240
# ends: sealed
# A sealed set decides on without pins, mounts and links, its programs cannot be taken away, and it is read
# by a program, since nobody has its maps.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

allowed=ioport latched=msr
! on_arm || { allowed=hibernation latched=kcore; }
load_for_seal
change latch kexec
change cgroup set /h like=host allow=$allowed
expect_exit 2 bpflock-ctl seal </dev/null
expect_grep 'hint: bpflock-ctl seal --yes' "$work/err"
change seal --yes
cat "$work/out"
expect_status '.status == 0 and .enforcing and .sealed.proven and .latched == ["kexec"]'
cat "$work/status"
holds sealing
change test
expect_exit 0 bpflock-ctl doctor
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_seal_proven 1$' "$work/out"
expect_exit 0 bpflock-ctl policy
expect_grep '^\[cgroup "/g"\]$' "$work/out"
expect_grep '^like = host$' "$work/out"
expect_status '.cgroups[] | select(.path == "/h") | .own == {"allow": ["'$allowed'"]} and .profile == "restricted"'
expect_allowed in_cgroup /h -- $allowed
expect_denied in_cgroup /h -- dev_mem
expect_exit 0 bpflock-ctl explain dev_mem
expect_exit 4 bpflock-ctl set profile=privileged
expect_exit 4 bpflock-ctl unload
expect_exit 4 bpflock --profile privileged
# nothing is recorded in a sealed set, and that is no second complaint
expect_exit 2 bpflock --fallback --profile privilegd
expect_no_grep 'cannot record' "$work/err"
expect_status '.state == "enforcing" and .refused == null'
load --profile restricted
change latch $latched
expect_denied $latched
expect_exit 0 bpftool map list
[ "$(grep -c bplks_ "$work/out")" = 2 ] || fail 'maps of the set are listed'
expect_exit 0 bpftool prog list
grep -q bplks_locked "$work/out" || fail 'the programs are not listed'
bpf_lock=$(jq '.programs[] | select(.name == "locked_down").id' "$work/status")
expect_exit 0 bpftool cgroup show /sys/fs/cgroup
grep -q "^$bpf_lock " "$work/out" || fail 'the lock is not shown'
try - bpftool cgroup detach /sys/fs/cgroup lsm_cgroup id "$bpf_lock"
holds 'detaching'
for value in 0 ' 0' '0
1' -1 2; do
	! printf %s "$value" >/proc/sys/kernel/ftrace_enabled || fail "ftrace_enabled was written: $value"
done 2>/dev/null
echo 1 >/proc/sys/kernel/ftrace_enabled
holds 'ftrace_enabled'
rm -r /sys/fs/bpf/bpflock
holds 'pins removed'
expect_exit 6 bpflock-ctl status
expect_exit 4 bpflock --profile privileged
umount -l /sys/fs/bpf
holds 'bpffs unmounted'
expect_exit 4 bpflock-ctl unload
