# timeout: 300
# ends: sealed
# Whatever root does by bpf(2) and sysctls to what is sealed, the policy holds. Each attack works on what
# is not sealed.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

# Whoever answers for the kernel's own functions can consent to what a program of ours denies.
answers() { # HOW
	"$1" fmod-ret security_locked_down 1 probe bpf_read
	for function in security_bpf security_bpf_map security_bpf_prog; do "$1" fmod-ret $function 1; done
}
lsm_answers() { # HOW
	for hook in locked_down bpf bpf_map bpf_prog; do "$1" lsm $hook 1; done
}
cgroup_answers() { # HOW
	for hook in locked_down bpf bpf_map bpf_prog; do "$1" lsm-cgroup /sys/fs/cgroup $hook 0; done
}

load_for_seal --block bpf_read
expect_denied bpf_read
bpftool -j map show >"$work/maps"
map_named() { jq "[.[] | select(.name == \"$1\").id][-1]" "$work/maps"; }
policy=$(map_named bpflock_policy) outer=$(map_named policy) counters=$(map_named counters)
answers worked
case $(uname -r) in # later kernels look at such a program's answer
6.1.*) lsm_answers worked ;;
esac
cgroup_answers worked
worked map "$outer" update
worked map "$counters" update
worked pin /sys/fs/bpf/bpflock/maps/policy
worked iterator "$policy" # frozen and BPF_F_RDONLY_PROG, all the same
echo 0 >/proc/sys/kernel/ftrace_enabled
until_true probe dev_mem
echo 1 >/proc/sys/kernel/ftrace_enabled
holds 'the attacks before'

exec 5>/proc/sys/kernel/ftrace_enabled # what is held open from before
change seal --yes
expect_attempts
bpftool -j prog show >"$work/progs"
program() { jq ".[] | select(.name | startswith(\"bplks_$1\")).id" "$work/progs"; }

answers refused
case $(uname -r) in
6.1.*) lsm_answers refused ;;
*) lsm_answers withstood ;;
esac
cgroup_answers refused
expect_attempts
for id in $(jq '.[] | select(.name | startswith("bplks_")).id' "$work/progs"); do
	withstood freplace "$id"
done
for name in locked guard_bpf guard_map guard_pro guard_sys; do
	id=$(program $name) type=lsm
	[ $name != guard_sys ] || type=sysctl
	refused prog-detach /sys/fs/cgroup "$id" $type
	refused prog-attach /sys/fs/cgroup "$id" $type
	refused prog-attach /sys/fs/cgroup/h "$id" $type
	refused prog-attach /sys/fs/cgroup "$id" $type "$id"
done
expect_attempts

# no map of the set can be had, whatever its id, and no other can have such a name
bpftool -j map show >"$work/after"
expect_equal "$(jq '[.[] | select(.name | startswith("bplks_")).name] | sort | join(" ")' "$work/after")" \
	'"bplks_reader bplks_ring"' 'maps of the set that are listed'
last=$(jq 'map(.id) | max' "$work/after")
for id in $(seq 1 $((last + 40))); do
	jq -e ".[] | select(.id == $id)" "$work/after" >/dev/null || try 2 attack map "$id" update
done
holds 'maps by id'
for name in bplks_policy bplks_ring bplks_reader bplks_; do
	refused_command bpftool map create /sys/fs/bpf/theirs type hash key 8 value 8 entries 4 name $name
done
[ ! -e /sys/fs/bpf/theirs ] || fail 'a map with a name of ours was made'
try 0 bpftool map create /sys/fs/bpf/theirs type hash key 8 value 8 entries 4 name bplk_
rm /sys/fs/bpf/theirs
for pin in /sys/fs/bpf/bpflock/progs/arm /sys/fs/bpf/bpflock/progs/shut /sys/fs/bpf/bpflock/progs/close_seal \
	/sys/fs/bpf/bpflock/progs/abandon /sys/fs/bpf/bpflock/progs/settle; do
	harmless attack run "$(bpftool -j prog show pinned $pin | jq .id)"
done
expect_attempts

sysctl_off='echo 0 >/proc/sys/kernel/ftrace_enabled'
counted=$((counted + 1))
! echo 0 >&5 || fail 'ftrace_enabled is written by a file from before'
refused_command sh -c "$sysctl_off"
refused_command unshare -m -p -f --mount-proc sh -c "$sysctl_off"
refused_command in_cgroup /h/i unshare -C sh -c "$sysctl_off"
try 0 sh -c 'echo 1 >/proc/sys/kernel/ftrace_enabled'
expect_equal "$(cat /proc/sys/kernel/ftrace_enabled)" 1 ftrace_enabled
for name in net/core/bpf_jit_enable kernel/bpf_stats_enabled vm/drop_caches; do
	try 0 sh -c "echo 1 >/proc/sys/$name"
done
exec 5>&-
expect_attempts
change verify
