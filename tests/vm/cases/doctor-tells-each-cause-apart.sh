# kernels: any
# timeout: 120
# What can be in the way, one after the other: doctor names the check, what it found and the cure, the loader
# says the same with the same exit status, and nothing is changed. Other causes have cases of their own (refuses*,
# ftrace-off-is-told, command-line, kernel-lockdown) and, what no stock kernel lacks, a unit test (test-preflight).

# cause STATUS CHECK DETAIL CURE COMMAND...: through COMMAND, doctor and bpflock meet it. Both regular expressions.
# shellcheck disable=SC2086 # words
cause() {
	status=$1 check=$2 detail=$3 cure=$4
	shift 4
	expect_exit "$status" "$@" bpflock-ctl $bpffs doctor --json
	expect_json "$work/out" ".status == $status and ([.checks[] | select(.state == \"failed\").name][0] == \"$check\")"
	expect_json "$work/out" ".checks[] | select(.name == \"$check\") | (.detail | test(\"$detail\")) and (.cure | test(\"$cure\"))"
	expect_exit "$status" "$@" bpflock $bpffs --profile restricted
	expect_grep "$detail" "$work/err"
	expect_nothing_pinned
}

below() { # COMMANDS COMMAND...: in mount and pid namespaces as they are, after COMMANDS in a mount namespace of its own
	before=$1
	shift
	unshare -m sh -eu -c "$before"'; exec "$@"' sh "$@"
}

bpffs=""
cause 4 privilege 'CAP_SYS_ADMIN is missing .uid 65534' 'as root' setpriv --reuid 65534 --regid 65534 --clear-groups
cause 4 privilege 'CAP_SYS_ADMIN is missing .uid 0' 'privileged' setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin
cause 4 privilege 'a user namespace cannot' 'initial user namespace' unshare -U -r
# also where the owner of the policy is none of that namespace
mkdir -p /etc/bpflock
printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
for namespace in "unshare -U -r" "unshare -U"; do
	# shellcheck disable=SC2086 # words
	cause 4 privilege 'a user namespace cannot' 'initial user namespace' \
		setpriv --reuid 65533 --regid 65533 --clear-groups $namespace
	expect_no_grep 'bpflock.conf' "$work/err"
done
rm /etc/bpflock/bpflock.conf
cause 5 pid-namespace 'not the initial pid namespace' 'hostPID' unshare -p -f --mount-proc
cause 5 pid-namespace '/proc/self/ns/pid: cannot read: No such' 'mount -t proc proc /proc' below 'umount -l /proc'
cause 5 btf '/sys/kernel/btf/vmlinux: cannot read .*: No such' 'CONFIG_DEBUG_INFO_BTF' below 'mount -t tmpfs none /sys/kernel/btf'
# of another kind, cut off, and one that has no types in it
echo 'no BTF' >"$work/garbage"
head -c 100000 /sys/kernel/btf/vmlinux >"$work/short"
printf '\237\353\001\000\030\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\001\000\000\000\000' >"$work/empty"
for btf in garbage short; do
	cause 5 btf '/sys/kernel/btf/vmlinux: not valid BTF' 'mounted over it' \
		below "mount --bind $work/$btf /sys/kernel/btf/vmlinux"
done
cause 5 operations '/sys/kernel/btf/vmlinux: enum lockdown_reason is missing' 'CONFIG_SECURITY=y' \
	below "mount --bind $work/empty /sys/kernel/btf/vmlinux"
cause 5 lsm-load 'refuses to load any BPF LSM program: Operation not permitted' 'hardening, or a sandbox' \
	strace -qq -o /dev/null -e trace=bpf -e inject=bpf:error=EPERM
cause 5 lsm-load 'refuses to load any BPF LSM program: Operation not supported' 'CONFIG_BPF_JIT=y' \
	strace -qq -o /dev/null -e trace=bpf -e inject=bpf:error=EOPNOTSUPP
cause 5 cgroup 'the root of cgroup v2: cannot open: Operation not permitted' 'cgroupns=host' \
	strace -qq -o /dev/null -e trace=fsopen -e inject=fsopen:error=EPERM:when=2+
cause 4 net-namespace '/proc/2/ns.*: not permitted' 'CAP_SYS_PTRACE' \
	setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace
cause 5 net-namespace 'cannot read the initial network namespace' 'hostPID' \
	below 'mount -t tmpfs none /proc/2; mount -t tmpfs none /proc/1'
cause 5 ftrace '/proc/sys/kernel/ftrace_enabled: cannot read' 'mount -t proc proc /proc' \
	below 'mount -t proc -o subset=pid proc /proc'
cause 5 bpffs '/sys/fs/bpf: cannot create pins: Read-only' 'mount -o remount,rw /sys/fs/bpf' \
	below 'mount -t bpf -o ro,mode=700 bpf /sys/fs/bpf'
expect_exit 0 below 'mount -t bpf -o ro,mode=700 bpf /sys/fs/bpf; mount -o remount,rw /sys/fs/bpf' bpflock --dry-run
cause 5 bpffs '/sys/fs/bpf: cannot create pins: Permission denied' 'chown root /sys/fs/bpf; chmod 0700 /sys/fs/bpf' \
	below 'mount -t bpf -o mode=700 bpf /sys/fs/bpf; chown 1000 /sys/fs/bpf'
expect_exit 0 below 'mount -t bpf bpf /sys/fs/bpf; chown root /sys/fs/bpf; chmod 0700 /sys/fs/bpf' bpflock --dry-run
cause 5 bpffs 'not the host.s mount namespace' 'on the host, run: mount' unshare -m
bpffs='--bpffs /no/such'
cause 5 bpffs '/no/such: cannot use it for the pins: No such' 'existing directory' env
touch "$work/file"
bpffs="--bpffs $work/file"
cause 5 bpffs ': not a directory' '^' env
bpffs="--bpffs $work"
cause 5 bpffs ': not on a bpffs' 'mount -t bpf' env

# not in the way, but to be known
bpffs=""
note() { # CHECK DETAIL
	expect_exit 0 bpflock-ctl doctor --json
	expect_json "$work/out" ".status == 0 and any(.checks[]; .name == \"$1\" and .state == \"note\" and (.detail | test(\"$2\")))"
}
note bpffs 'the loader mounts it'
mount -t bpf -o mode=1777 bpf /sys/fs/bpf
note bpffs 'users other than root may write'
umount /sys/fs/bpf
# and with nothing in the way
load --profile restricted
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" '.status == 0 and all(.checks[]; .state == "ok")'
expect_denied dev_mem

# What cannot be read is said to be unknown, not told as something else.
hidden() { unshare -m sh -eu -c 'mount -t proc -o subset=pid proc /proc; exec "$@"' sh "$@"; }
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_loaded_timestamp_seconds 1[0-9]{9}' "$work/out"
expect_exit 0 hidden bpflock-ctl metrics
expect_grep '^bpflock_policy_generation 1' "$work/out"
expect_no_grep 'bpflock_loaded_timestamp_seconds' "$work/out"
expect_exit 1 hidden bpflock-ctl unload
expect_grep 'kernel.ftrace_enabled.*: cannot read: .*nothing was changed' "$work/err"
expect_grep '^bpflock-ctl: hint: mount -t proc proc /proc$' "$work/err"
expect_denied dev_mem
expect_exit 1 below 'umount -l /proc' bpflock-ctl explain dev_mem
expect_grep '/proc/self/ns/cgroup: cannot read' "$work/err"
expect_grep '^bpflock-ctl: hint: mount -t proc proc /proc$' "$work/err"
