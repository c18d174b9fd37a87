# kernels: any
# root: systemd
# timeout: 300
before_boot() {
	cat >/etc/bpflock/bpflock.conf <<-'EOT'
		[kimglock]
		profile = restricted
		allow = hibernation
	EOT
	systemctl enable bpflock.service
	systemctl mask bpflock-log.service # the ring keeps its records
	mkdir /etc/systemd/system/user@.service.d /etc/systemd/logind.conf.d
	cat >/etc/systemd/system/user@.service.d/bpflock.conf <<-'EOT'
		[Service]
		ExecStartPre=-+/usr/sbin/bpflock-ctl cgroup set --unit user-%i.slice profile=restricted allow=hibernation,debugfs,msr
		ExecStopPost=-+/usr/sbin/bpflock-ctl cgroup delete --unit user-%i.slice
	EOT
	printf '[Login]\nKillUserProcesses=yes\n' >/etc/systemd/logind.conf.d/bpflock.conf
	useradd --create-home --uid 1000 --shell /bin/sh alice
	printf 'Defaults secure_path=%s\nalice ALL=(ALL) NOPASSWD: ALL\n' "$PATH" >/etc/sudoers.d/alice
}

# By PAM and logind, on a terminal where what is typed comes from a fifo. Not login(1): util-linux's
# hangs the terminal up, and script(1) goes.
log_in() {
	mkfifo "$work/keys"
	script -qfec 'su --login alice' "$work/terminal" <"$work/keys" >/dev/null 2>&1 &
	terminal=$!
	exec 4>"$work/keys"
	until_true grep -q '^\$ $' "$work/terminal"
}

log_out() {
	echo exit >&4
	exec 4>&-
	wait $terminal || fail "the login ended with status $?"
}

# A command on that terminal, as if it were run here.
in_session() {
	rm -f /tmp/said /tmp/status
	echo "$* >/tmp/said 2>&1; echo \$? >/tmp/status" >&4
	tries=0
	until [ -s /tmp/status ]; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || return 99
		sleep 0.1
	done
	cat /tmp/said
	return "$(cat /tmp/status)"
}

rules_are() { bpflock-ctl cgroup list --json | jq -e ".cgroups | map(.path) == $1"; }

a_service() { systemd-run --quiet --wait --pipe "$@"; }

expect_exit 0 systemctl is-active bpflock.service
expect_status '.enforcing == true and .profile == "restricted"'
expect_allowed hibernation
for operation in dev_mem debugfs msr; do
	expect_denied $operation
	expect_denied a_service $operation
done

log_in
expect_exit 0 in_session sudo cat /proc/self/cgroup
expect_grep '/user\.slice/user-1000\.slice/session-.*\.scope$' "$work/out"
for operation in hibernation debugfs msr; do
	expect_allowed in_session sudo -- $operation
done
expect_denied in_session sudo -- dev_mem
expect_allowed in_session systemd-run --user --quiet --wait --pipe sudo -- debugfs
# It is hers alone.
expect_denied debugfs
expect_denied a_service debugfs
expect_allowed a_service --slice=user-1000.slice -- debugfs
expect_record '.operation == "debugfs" and .comm == "probe" and .reason == "allow (cgroup)"'
expect_exit 0 rules_are '["/user.slice/user-1000.slice"]'

# logind waits some seconds for her to come back.
log_out
until_true rules_are '[]'
expect_denied a_service --slice=user-1000.slice -- debugfs

expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
