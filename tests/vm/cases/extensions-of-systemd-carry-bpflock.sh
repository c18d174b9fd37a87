# root: machines
# kernels: trixie
# timeout: 600
# run: places
# bpflock comes in a system extension, and its policy in a configuration extension, to a machine that has neither; /usr and /etc
# are read-only. With the drop-in of bpflock-recipes(7) the policy is loaded before sysinit.target is reached. A new version of
# either extension takes effect like an upgrade, and files that are not root's are refused.
before_boot() {
	systemd-sysusers
	mkdir -p /var/lib/extensions/bpflock /var/lib/confexts/bpflock/etc/bpflock
	find /usr -xdev -name '*bpflock*' >/vm/of-bpflock
	xargs /usr/bin/cp -a --parents -t /var/lib/extensions/bpflock </vm/of-bpflock
	xargs rm -rf </vm/of-bpflock
	rm -rf /etc/bpflock
	mkdir -p /var/lib/extensions/bpflock/usr/lib/extension-release.d
	printf 'ID=_any\n' >/var/lib/extensions/bpflock/usr/lib/extension-release.d/extension-release.bpflock
	mkdir -p /var/lib/confexts/bpflock/etc/extension-release.d
	printf 'ID=_any\n' >/var/lib/confexts/bpflock/etc/extension-release.d/extension-release.bpflock
	printf '[kimglock]\nprofile = restricted\n' >/var/lib/confexts/bpflock/etc/bpflock/bpflock.conf
	# as the page has it
	mkdir -p /etc/systemd/system/systemd-confext.service.d
	awk '/^## Read-only \/etc/ { here = 1 } here && /^```$/ { if (inside) exit; inside = 1; next } inside' \
		/vm/source/man/bpflock-recipes.7.scd >/etc/systemd/system/systemd-confext.service.d/bpflock.conf
	systemctl enable systemd-sysext.service systemd-confext.service
	# what udev runs comes too early for extensions; what a login and services do does not
	mkdir -p /etc/systemd/system/systemd-logind.service.d
	printf '[Service]\nExecStartPre=-+/bin/sh -c "/vm/probe dev_mem; echo $$? >/run/witness"\n' \
		>/etc/systemd/system/systemd-logind.service.d/witness.conf
}
# shellcheck source=tests/vm/early.sh
. /vm/early.sh
policy=/var/lib/confexts/bpflock/etc/bpflock/bpflock.conf

row at-boot
cat /etc/systemd/system/systemd-confext.service.d/bpflock.conf
journalctl -b --no-pager -u systemd-sysext -u systemd-confext -u bpflock -o short-monotonic
expect_exit 0 systemctl is-active systemd-sysext.service systemd-confext.service bpflock.service
expect_exit 0 findmnt /usr
expect_exit 0 findmnt /etc
expect_exit 1 touch /usr/sbin/anything
expect_exit 1 touch /etc/anything
expect_state enforcing 0
expect_status '.profile == "restricted" and .sources.profile == "/etc/bpflock/bpflock.conf:2"'
expect_denied dev_mem
until_true test -s /run/witness
expect_equal "$(cat /run/witness)" 1 "what logind met"
expect_before systemd-logind.service systemd-user-sessions.service
expect_exit 0 systemctl is-active bpflock-log.service
expect_exit 0 bpflock-ctl doctor

row a-new-policy
printf '[kimglock]\nprofile = restricted\nallow = dev_mem\n' >$policy
expect_exit 0 systemd-confext refresh
expect_exit 0 systemctl reload bpflock
expect_allowed dev_mem
expect_denied msr

row not-of-root
chown nobody $policy
expect_exit 0 systemd-confext refresh
expect_exit 1 systemctl reload bpflock
journalctl -u bpflock -o cat --no-pager >"$work/journal"
expect_grep '/etc/bpflock/bpflock.conf: must belong to root' "$work/journal"
expect_allowed dev_mem
expect_denied msr
chown root $policy

row commands-do-not-write-there
expect_exit 0 systemd-confext refresh
expect_exit 1 bpflock-ctl preset use server
cat "$work/err"
expect_grep 'Read-only file system' "$work/err"
change set allow=
expect_denied dev_mem

row without-the-extension
expect_exit 0 systemd-sysext unmerge
expect_exit 127 bpflock-ctl status
expect_denied dev_mem
expect_exit 0 systemd-sysext merge
expect_state enforcing 0
expect_denied dev_mem
systemctl daemon-reload
expect_exit 0 systemctl reload bpflock
expect_allowed dev_mem

systemctl stop bpflock-log.path bpflock-log.service
expect_exit 0 bpflock-ctl unload
until_true probe msr
expect_exit 0 systemd-confext unmerge
