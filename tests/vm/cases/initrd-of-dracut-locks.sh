# kernels: any
# root: systemd
# boot: init=/vm/first
# timeout: 200
# With bpflock in an initrd of dracut, in which systemd runs, its policy is in force when the first process of the root
# file system begins. With the same policy the unit finds it in force. It can be unloaded as ever.
before_boot() {
	. /vm/early.sh
	set_first_process
	mv /vm/initrds/dracut /vm/initrd
	cp /vm/initrd/etc/bpflock/bpflock.conf /etc/bpflock/bpflock.conf
	sed -i /seal/d /etc/bpflock/bpflock.conf
	systemctl enable bpflock.service
}

expect_equal "$(cat /vm/first-met)" 1 "what the first process met"
expect_exit 0 systemctl is-active bpflock.service
dmesg >"$work/kernel"
expect_grep 'bpflock: loaded: profile restricted, .*, generation 1; enforcing \(verified\)$' "$work/kernel"
journalctl -b -u bpflock.service -o cat >"$work/journal"
expect_grep 'bpflock: unchanged: profile restricted, .*generation 1;' "$work/journal"
expect_status '.enforcing and .status == 0 and .generation == 1 and (.cgroups | length) == 1'
expect_equal "$(grep -c ' /sys/fs/bpf ' /proc/self/mountinfo)" 1 "mounts of /sys/fs/bpf"
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
expect_denied dev_mem
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
