# kernels: any
# root: systemd
# timeout: 900
# reboots: once
# ends: off
# The commands of README.md, as they stand there, on a machine without bpflock: install the package, find out, enforce at boot; after
# a reboot a service is denied something, is allowed it for a while and for good; then all is undone.
before_boot() {
	find /usr /etc /var/lib/systemd -xdev -depth -name '*bpflock*' -exec rm -r {} +
}
readme=/vm/source/README.md

# section TITLE: its commands
section() {
	sed -n "/^## $1\$/,/^## /s/^    //p" $readme >"$work/section"
	[ -s "$work/section" ] || fail "README.md has no commands under $1"
}

# follow SECTION [PATTERN]: run its commands, but for those that match
follow() {
	section "$1"
	command=""
	while IFS= read -r line <&4; do
		command="$command${command:+
}$line"
		case $command in
		*\\) continue ;;
		*"<<END"*) [ "$line" = END ] || continue ;;
		esac
		echo "$command" | grep -q -E -e "${2-^never}" || type_in "$command"
		command=""
	done 4<"$work/section"
}

type_in() {
	echo "transcript: # $1" | sed '2,$s/^/transcript: /'
	sh -c "$1" >"$work/said" 2>&1 4<&- || fail "exit status $?: $1: $(cat "$work/said")"
	sed 's/^/transcript: /' "$work/said"
	checks=$((checks + 1))
}

# a service that uses what the policy denies, and goes on: how does it fare?
backup() {
	systemctl restart backup.service
	return "$(cat /run/backup)"
}

if ! is_rebooted; then
	expect_exit 127 bpflock --version
	cat >/etc/systemd/system/backup.service <<-'EOT'
		[Service]
		ExecStartPre=sh -c '/vm/probe dev_mem; echo $$? >/run/backup'
		ExecStart=sleep 10000
	EOT
	mkdir -p out
	cp /vm/packages/1.deb out/bpflock_1_amd64.deb
	follow Install '^apt-get |^loader/package |^meson '
	expect_exit 3 bpflock-ctl status
	backup || fail "the service is not allowed to read without a policy"
	follow 'The first policy' '^bpflock-ctl (denials|preset)|^systemctl'
	backup || fail "the service is denied something in audit mode"
	follow 'The first policy' '^bpflock-ctl doctor|^bpflock '
	expect_denied dev_mem
	reboot_here
fi

# enforced since the boot, by the unit
expect_exit 0 systemctl is-active bpflock.service
expect_status '.state == "enforcing" and .profile == "restricted"'
expect_exit 1 backup
follow 'Something stopped working' '^cat|^bpflock-ctl check'
hint=$(sed -n 's/^.*hint: *//p' "$work/said")
type_in "$hint"
expect_exit 0 backup
change revoke --all
expect_exit 1 backup
follow 'Something stopped working' '^bpflock-ctl denials'
expect_exit 0 backup
expect_denied dev_mem
follow 'Undo and rescue'
until_true probe dev_mem
expect_exit 127 bpflock --version
expect_nothing_pinned
expect_equal "$(find /etc /usr /var/lib/systemd -xdev -name '*bpflock*')" "" "what is left"
