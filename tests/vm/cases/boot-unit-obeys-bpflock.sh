# each: off audit
# kernels: any
# root: systemd
# boot: bpflock=%
# timeout: 200
# The unit with bpflock=off on the kernel command line succeeds and has nothing enforced, and with bpflock=audit denies
# nothing and does not seal, but logs from the beginning what it would have denied.
before_boot() {
	. /vm/early.sh
	set_witnesses
	printf '[kimglock]\nprofile = restricted\nseal = yes\n' >/etc/bpflock/bpflock.conf
	systemctl enable bpflock.service
	systemctl mask bpflock-log.service # the ring keeps its records
}
. /vm/early.sh

expect_exit 0 systemctl is-active bpflock.service
journalctl -b -u bpflock.service -o cat >"$work/journal"
expect_witnesses 0
expect_equal "$(lsmod | grep -c '^parport_pc')" 1 "parport_pc loaded"
# shellcheck disable=SC2154 # of tests/run
case $each in
off)
	expect_grep 'bpflock=off on the kernel command line: nothing was loaded' "$work/journal"
	expect_nothing_pinned
	expect_exit 3 bpflock-ctl status
	expect_allowed dev_mem ;;
audit)
	expect_grep 'not sealed: bpflock=audit is on the kernel command line' "$work/journal"
	expect_status '.enforcing and .mode == "audit" and .sealed == null and .state == "audit-only"'
	expect_record '.operation == "unsafe_module_parameters" and .decision == "audit" and .comm == "systemd-modules"'
	expect_record '.operation == "dev_mem" and .decision == "audit" and .unit == "systemd-udevd.service"'
	expect_before systemd-udevd.service systemd-modules-load.service ;;
esac
modprobe -r parport_pc
[ "$each" = off ] || expect_exit 0 systemctl restart bpflock.service
[ "$each" = off ] || expect_exit 0 bpflock-ctl unload
