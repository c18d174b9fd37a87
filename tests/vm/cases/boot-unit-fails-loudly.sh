# kernels: any
# root: systemd
# timeout: 200
# A wrong policy at boot, here a link to a preset that is gone, is a failed unit and a word in the journal, stops nothing else, and leaves what the
# built-in policy does: log. A wrong one at a reload leaves the one in force.
before_boot() {
	mkdir -p /etc/bpflock
	ln -sf /usr/lib/bpflock/presets/gone.conf /etc/bpflock/bpflock.conf
	systemctl enable bpflock.service
	systemctl mask bpflock-log.service # the ring keeps its records
}

expect_exit 3 systemctl is-active bpflock.service
expect_equal "$(systemctl show -P Result bpflock.service)" exit-code "the unit's result"
expect_equal "$(systemctl show -P ExecMainStatus bpflock.service)" 2 "its exit status"
journalctl -b -u bpflock.service -o cat >"$work/journal"
expect_grep '/etc/bpflock/bpflock.conf: cannot open' "$work/journal"
expect_grep 'falling back to the built-in policy' "$work/journal"
expect_exit 0 systemctl is-active multi-user.target
expect_state fallback 6 '/etc/bpflock/bpflock[.]conf: '
expect_exit 6 bpflock-ctl status --json
expect_json "$work/out" '.enforcing and .profile == "privileged" and .sources.profile == "built-in"'
expect_allowed dev_mem
expect_record '.operation == "dev_mem" and .decision == "allow"'

rm /etc/bpflock/bpflock.conf
printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
expect_exit 0 systemctl restart bpflock.service
expect_denied dev_mem
expect_state enforcing 0
in_force=$(generation)
printf '[kimglock]\nprofile = restricted\n[cgroup /x]\n' >/etc/bpflock/bpflock.conf
expect_exit 1 systemctl reload bpflock.service
journalctl -b -u bpflock.service -o cat >"$work/journal"
expect_grep 'bpflock.conf:3:9: expected a cgroup.s path in quotes' "$work/journal"
expect_equal "$(generation)" "$in_force" generation
expect_status '.state == "enforcing" and (.refused.error | test("bpflock.conf:3:9: "))'
expect_denied dev_mem
# stopping is not unlocking
expect_exit 0 systemctl stop bpflock.service
expect_denied dev_mem
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
