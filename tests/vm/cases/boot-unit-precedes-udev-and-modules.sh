# root: systemd
# timeout: 200
# ends: off
# What the unit loads at boot is enforced when udev's rules are first applied, before any module is loaded that
# the initrd did not, and before a login. Then the machine shuts down as without it.
before_boot() {
	. /vm/early.sh
	set_witnesses
	printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
	systemctl enable bpflock.service
	systemctl mask bpflock-log.service # the ring keeps its records
}
. /vm/early.sh

expect_exit 0 systemctl is-active bpflock.service
expect_equal "$(systemctl show -P NRestarts bpflock.service)" 0 "restarts"
expect_status '.enforcing and .status == 0 and .profile == "restricted" and .generation == 1'
expect_witnesses 1
expect_equal "$(lsmod | grep -c '^parport_pc')" 0 "parport_pc loaded"
expect_record '.operation == "unsafe_module_parameters" and .decision == "deny" and .comm == "systemd-modules"'
expect_record '.operation == "dev_mem" and .decision == "deny" and .unit == "systemd-udevd.service"'
expect_before systemd-udevd.service systemd-udev-trigger.service systemd-modules-load.service \
	systemd-logind.service systemd-user-sessions.service
# as on any machine
expect_exit 0 systemd-run --wait -p PrivateMounts=yes -p ProtectKernelTunables=yes true
expect_exit 0 systemd-analyze verify --man=no bpflock.service
cat "$work/out" "$work/err" >verified
expect_equal "$(cat verified)" "" "what systemd-analyze says"
expect_exit 0 systemd-analyze security --no-pager --threshold=60 bpflock.service
