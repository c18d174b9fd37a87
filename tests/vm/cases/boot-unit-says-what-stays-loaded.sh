# kernels: any
# root: systemd
# timeout: 200
# At first boot the group is made before the policy is loaded, so the log's service, which the boot unit wants, starts at once.
# Masked it stays away, and the boot unit does not mind. Stopping the boot unit says
# that the policy stays; unloading says that the unit stays active, and names what loads again. Presets enable nothing.
before_boot() {
	printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
	sed -i /^bpflock:/d /etc/group /etc/gshadow
	# sysusers has its turn, whatever it finds, and takes its time
	mkdir -p /etc/systemd/system/systemd-sysusers.service.d
	printf '[Unit]\nConditionNeedsUpdate=\n[Service]\nExecStartPre=/bin/sleep 5\n' \
		>/etc/systemd/system/systemd-sysusers.service.d/case.conf
	systemctl add-wants sysinit.target systemd-sysusers.service
	systemctl enable bpflock.service
}

for unit in systemd-sysusers bpflock bpflock-log; do
	until_true systemctl is-active $unit.service
done
group=$(getent group bpflock | cut -d : -f 3)
expect_equal "$(stat -c %g /sys/fs/bpf/bpflock/maps/ring)" "$group" "group of the ring"
expect_equal "$(systemctl show -P NRestarts bpflock-log.service)" 0 "restarts of the log's service"

journalctl -b -o cat --no-pager >"$work/journal"
expect_no_grep 'ordering cycle' "$work/journal"

said() { journalctl -b -u bpflock.service -o cat --no-pager | grep "$1"; }
expect_exit 1 said 'stays loaded'
expect_exit 0 systemctl disable --now bpflock.service
until_true said 'the policy stays loaded.*bpflock-ctl unload'
expect_denied dev_mem
expect_exit 0 bpflock-ctl unload
expect_no_grep reload-or-restart "$work/err"
until_true probe dev_mem
expect_exit 0 systemctl start bpflock.service
expect_denied dev_mem

# what start does not do, what is named does
expect_exit 0 bpflock-ctl unload --json
expect_json "$work/out" '.result == "unloaded" and .unit_active'
expect_grep 'systemctl reload-or-restart bpflock$' "$work/err"
until_true probe dev_mem
expect_exit 0 systemctl start bpflock.service
expect_allowed dev_mem
expect_exit 0 systemctl reload-or-restart bpflock
expect_denied dev_mem

# the path with it: one that has a masked service to start fails, as any path unit does
expect_exit 0 systemctl mask --now bpflock-log.path bpflock-log.service
expect_exit 0 systemctl restart bpflock.service
journalctl -b -u bpflock-log.service -o cat --no-pager >"$work/journal"
cat "$work/journal"
expect_no_grep 'pins are missing|Failed with result' "$work/journal"
expect_equal "$(systemctl is-active bpflock.service bpflock-log.service bpflock-log.path | xargs)" "active inactive inactive" \
	"with the log's service masked"
expect_exit 0 systemctl unmask bpflock-log.path bpflock-log.service

expect_exit 0 systemctl enable bpflock.service
expect_exit 0 systemctl preset-all
for unit in bpflock.service bpflock-log.service bpflock-metrics.timer; do
	expect_exit 1 systemctl is-enabled $unit
done
