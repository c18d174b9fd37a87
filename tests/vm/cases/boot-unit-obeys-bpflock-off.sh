# kernels: any
# root: systemd
# boot: bpflock=off
# timeout: 200
# The unit with bpflock=off on the kernel command line succeeds and has nothing enforced: what it otherwise
# refuses at boot is allowed.
before_boot() {
	. /vm/early.sh
	set_witnesses
	printf '[kimglock]\nprofile = restricted\nseal = yes\n' >/etc/bpflock/bpflock.conf
	systemctl enable bpflock.service
}
. /vm/early.sh

expect_exit 0 systemctl is-active bpflock.service
journalctl -b -u bpflock.service -o cat >"$work/journal"
expect_grep 'bpflock=off on the kernel command line: nothing was loaded' "$work/journal"
expect_witnesses 0
expect_equal "$(lsmod | grep -c '^parport_pc')" 1 "parport_pc loaded"
expect_nothing_pinned
expect_exit 3 bpflock-ctl status
expect_allowed dev_mem
modprobe -r parport_pc
