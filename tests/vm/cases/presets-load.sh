# kernels: any
# Each preset is right, loads, and does what its comment says; a link to one is a configuration.

presets=/usr/lib/bpflock/presets
root=/sys/fs/cgroup

restore() {
	status=$?
	rmdir $root/kubepods.slice/pod1 $root/kubepods.slice $root/docker 2>/dev/null
	(exit $status)
	at_exit
}
trap restore EXIT

in_cgroup() {
	directory=$root$1
	shift
	sh -c 'echo 0 >"$0/cgroup.procs"; exec "$@"' "$directory" "$@"
}

for preset in audit container-host desktop server; do
	expect_exit 0 bpflock-ctl check $presets/$preset.conf
	expect_equal "$(cat "$work/err")" "" "what is said of $preset"
done
expect_equal "$(find $presets -type f | wc -l)" 4 "number of presets"

load --config $presets/server.conf
for operation in unsigned_module dev_mem kexec hibernation msr debugfs; do
	expect_denied $operation
done
expect_allowed kprobes
expect_allowed bpf_read
expect_no_record '.operation == "kprobes"'
expect_record '.operation == "dev_mem" and .decision == "deny"'

load --config $presets/desktop.conf
expect_allowed hibernation
expect_denied unsigned_module
expect_denied dev_mem
expect_allowed kprobes

load --config $presets/audit.conf
for operation in dev_mem hibernation kprobes; do
	expect_allowed $operation
	expect_record ".operation == \"$operation\" and .decision == \"audit\""
done
expect_allowed unshare -n -- dev_mem

load --config $presets/container-host.conf
expect_allowed dev_mem
expect_allowed kprobes
expect_denied unsigned_module
expect_denied unshare -n -- dev_mem
expect_denied unshare -n -- kprobes
# made after the load, in the host's namespaces
mkdir -p $root/kubepods.slice/pod1 $root/docker
for cgroup in /kubepods.slice/pod1 /docker; do
	expect_denied in_cgroup $cgroup -- dev_mem
	expect_denied in_cgroup $cgroup -- kprobes
	expect_denied in_cgroup $cgroup -- unsigned_module
done
expect_record '.operation == "kprobes" and .reason == "denied (cgroup)"'

# as a configuration: a link, an exception beside it, and a trial of another
mkdir -p /etc/bpflock/bpflock.conf.d
ln -sf $presets/server.conf /etc/bpflock/bpflock.conf
printf '[kimglock]\nallow = dev_mem\n' >/etc/bpflock/bpflock.conf.d/50-local.conf
load
expect_allowed dev_mem
expect_denied msr
expect_status '.sources.profile | startswith("/etc/bpflock/bpflock.conf:")'
expect_exit 0 bpflock-ctl apply $presets/desktop.conf --for 10m
expect_denied dev_mem
expect_allowed hibernation
expect_exit 0 bpflock-ctl apply --confirm
expect_exit 0 bpflock-ctl reset
expect_allowed dev_mem
