# timeout: 200
# The program for module requests comes with a policy that names them and goes with one that does not, and what became
# of it is told.

modprobe=$(cat /proc/sys/kernel/modprobe)
echo /bin/modprobe >/proc/sys/kernel/modprobe
away() { unload_modules algif_hash af_alg; }
as_container() { unshare -f -p -n "$@"; }

load --kmodlock restricted
load --kmodlock off
expect_exit 0 as_container autoload hash
expect_status 'all(.programs[]; .name != "module_request")'
away
load --kmodlock baseline
expect_exit 1 as_container autoload hash
expect_state enforcing 0
rm /sys/fs/bpf/bpflock/links/module_request
expect_state degraded 6
load --kmodlock baseline
expect_state enforcing 0
# and with all of its pins gone
rm /sys/fs/bpf/bpflock/links/module_request /sys/fs/bpf/bpflock/progs/module_request
expect_state degraded 6
load --kmodlock baseline
expect_state enforcing 0
expect_exit 1 as_container autoload hash
echo "$modprobe" >/proc/sys/kernel/modprobe
