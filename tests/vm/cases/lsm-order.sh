# kernels: any
# each: bpf,lockdown,yama,apparmor landlock,lockdown,yama,apparmor,bpf lockdown,selinux,bpf,landlock,ipe landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe bpf,tomoyo,ipe,yama,lockdown
# boot: lsm=%
# Wherever "bpf" stands among the other LSMs, bpflock refuses, logs, and is proved by its own test. The fourth is the order that
# Debian's kernels are built with. The kernel leaves out those that it does not have. Yama lets nobody trace anybody.

is_active() { grep -E -q "(^|,)$1(,|\$)" /sys/kernel/security/lsm; }
operations="dev_mem msr hibernation unsigned_module debugfs"

row active
[ -e /sys/kernel/security/lsm ] || mount -t securityfs securityfs /sys/kernel/security
lsms=$(cat /sys/kernel/security/lsm)
echo "active: $lsms"
for lsm in capability bpf yama; do
	! echo "$each,capability" | grep -q "$lsm" || expect_exit 0 is_active $lsm
done
case $each in # of the exclusive ones the first
*apparmor*) expect_exit 0 is_active apparmor ;;
*selinux*) expect_exit 0 is_active selinux ;;
*tomoyo*) expect_exit 0 is_active tomoyo ;;
esac

if grep -q ' ipe_bprm_check_security$' /proc/kallsyms && echo "$each" | grep -q ipe; then
	expect_exit 0 is_active ipe
fi
[ ! -e /proc/sys/kernel/yama/ptrace_scope ] || echo 3 >/proc/sys/kernel/yama/ptrace_scope

row refuses
for operation in $operations; do
	expect_allowed "$operation"
done
load --profile restricted
for operation in $operations; do
	expect_denied "$operation"
	expect_record ".operation == \"$operation\" and .decision == \"deny\" and .retval == -1 and .reason == \"denied (restricted)\""
done
expect_state enforcing 0
expect_status '.enforcing and .totals.denied >= 5 and .other_events.by_other == 0'

row doctor-is-content
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" "any(.checks[]; .name == \"lsm-list\" and .state == \"ok\" and .detail == \"active LSMs: $lsms\")"
expect_json "$work/out" 'all(.checks[]; .state != "failed")'

row changes-at-once
change set allow=dev_mem
expect_allowed dev_mem
expect_denied msr
change set allow=
expect_denied dev_mem
in_cgroup /excepted true
change cgroup set /excepted profile=restricted allow=dev_mem
expect_allowed in_cgroup /excepted -- dev_mem
expect_denied in_cgroup /excepted -- msr
expect_denied dev_mem

row unloads
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
for operation in $operations; do
	expect_allowed "$operation"
done
expect_nothing_pinned
