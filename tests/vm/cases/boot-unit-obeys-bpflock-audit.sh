# kernels: any
# root: systemd
# boot: bpflock=audit
# timeout: 200
# The unit with bpflock=audit on the kernel command line denies nothing and does not seal, but logs from the
# beginning what it would have denied.
before_boot() {
	. /vm/early.sh
	set_witnesses
	printf '[kimglock]\nprofile = restricted\nseal = yes\n' >/etc/bpflock/bpflock.conf
	systemctl enable bpflock.service
}
. /vm/early.sh

expect_exit 0 systemctl is-active bpflock.service
journalctl -b -u bpflock.service -o cat >"$work/journal"
expect_grep 'bpflock=audit on the kernel command line: not sealed' "$work/journal"
expect_witnesses 0
expect_status '.firing and .mode == "audit" and .sealed == null and .state == "audit-only"'
expect_record '.op == "unsafe_module_parameters" and .decision == "audit" and .comm == "systemd-modules"'
expect_record '.op == "dev_mem" and .decision == "audit" and .unit == "systemd-udevd.service"'
expect_before systemd-udevd.service systemd-modules-load.service
modprobe -r parport_pc
expect_exit 0 systemctl restart bpflock.service
expect_exit 0 bpflock-ctl unload
