# timeout: 240
# ends: sealed
# Whatever root does by bpf(2) and sysctls to what is sealed, the policy holds. Each attack works on what
# is not sealed.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

# Whoever answers for the kernel's own functions can consent to what a program of ours denies.
answers() { # HOW
	"$1" fmod-ret security_locked_down 1 probe bpf_read
	"$1" fmod-ret security_bpf 1
	"$1" fmod-ret security_bpf_prog 1
}
lsm_answers() { # HOW
	for hook in locked_down bpf bpf_prog; do "$1" lsm $hook 1; done
}
cgroup_answers() {
	for hook in locked_down bpf bpf_prog; do "$1" lsm-cgroup /sys/fs/cgroup $hook 1; done
}

load_for_seal --block bpf_read
expect_denied bpf_read
bpftool -j map show >"$work/maps"
map_named() { jq "[.[] | select(.name == \"$1\").id][-1]" "$work/maps"; }
counters=$(map_named counters) ring=$(map_named ring) outer=$(map_named live)
live=$(map_named bpflock_live) policy=$(map_named bpflock_policy) stamp=$(map_named bpflock_stamp)
announce=$(bpf_ids prog '.name == "announce"')
answers worked
case $(uname -r) in # later kernels look at such a program's answer
6.1.*) lsm_answers worked && cgroup_answers worked ;;
6.12.*) cgroup_answers worked ;;
esac
worked map "$counters" update
worked map "$counters" batch
worked map "$live" delete
worked map "$live" take
worked pin /sys/fs/bpf/bpflock/maps/policy
worked program "$counters"
worked inner "$live" 4242 1
worked iterator "$counters"
worked iterator "$policy" # frozen and BPF_F_RDONLY_PROG, all the same
worked run "$announce"
echo 0 >/proc/sys/kernel/ftrace_enabled
until_true probe dev_mem
echo 1 >/proc/sys/kernel/ftrace_enabled
holds 'the attacks before'

# what is held open from before
mkfifo "$work/in"
attack held "$counters" <"$work/in" >"$work/held" 2>&1 &
held=$!
exec 4>"$work/in" 5>/proc/sys/kernel/ftrace_enabled
until_true grep -q '^open: [0-9]' "$work/held"
change seal
expect_attempts objects

answers refused
case $(uname -r) in
6.1.*) lsm_answers refused && cgroup_answers refused ;;
6.12.*) lsm_answers withstood && cgroup_answers refused ;;
*) lsm_answers withstood && cgroup_answers withstood ;;
esac
expect_attempts objects
bpftool -j prog show >"$work/progs"
bpftool -j link show >"$work/links"
for id in $(jq '.[] | select(.type == "lsm" or .name == "cgroup_mkdir" or .name == "announce").id' "$work/progs"); do
	withstood freplace "$id"
done
sysctl=$(jq '.[] | select(.name == "seal_sysctl").id' "$work/progs")
link=$(jq '.[] | select(.type == "cgroup").id' "$work/links")
for id in $(jq '.[].id' "$work/links"); do refused detach "$id"; done
refused race "$link"
refused link-update "$link"
refused link-update "$link" "$sysctl"
withstood prog-detach /sys/fs/cgroup "$sysctl"
refused_command bpftool link detach id "$link"
expect_attempts objects

for id in $counters $live $outer $(map_of seal/maps/seal); do refused map "$id" update; done
refused map "$counters" batch
refused map "$live" delete
refused map "$live" take
refused map "$(map_of seal/maps/sealed)" delete
withstood map "$policy" update
refused pin /sys/fs/bpf/bpflock/maps/policy
refused freeze "$ring"
refused program "$counters"
refused inner "$live" 4242 1
refused iterator "$policy"
refused run "$announce"
refused_command bpftool map delete id "$live" key 0 0 0 0 0 0 0 0
for id in $stamp $policy $(map_of seal/maps/seal); do
	withstood program "$id"
	withstood inner "$id" 4242 1
	withstood mmap "$id"
	withstood iterator "$id"
done
harmless attack bind-map "$sysctl" "$counters"
expect_attempts objects

echo >&4
! wait $held || fail 'updated by an fd from before'
cat "$work/held"
holds 'an fd from before'
sysctl_off='echo 0 >/proc/sys/kernel/ftrace_enabled'
counted=$((counted + 1))
! echo 0 >&5 || fail 'ftrace_enabled is written by a file from before'
refused_command sh -c "$sysctl_off"
refused_command unshare -m -p -f --mount-proc sh -c "$sysctl_off"
refused_command in_cgroup /h/i unshare -C sh -c "$sysctl_off"
expect_equal "$(cat /proc/sys/kernel/ftrace_enabled)" 1 ftrace_enabled
expect_attempts objects
for name in net/core/bpf_jit_enable kernel/bpf_stats_enabled vm/drop_caches; do
	harmless sh -c "echo 1 >/proc/sys/$name"
done
exec 4>&- 5>&-
expect_status '.firing and .status == 0'
change verify
