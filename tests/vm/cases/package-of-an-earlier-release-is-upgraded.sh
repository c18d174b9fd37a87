# each: 2026-11-29 2026-11-30
# release: %
# root: systemd
# kernels: trixie
# timeout: 900
# run: places
# ends: sealed off
# dpkg upgrades the package of an earlier release to this one, downgrades it, and upgrades it under a seal: the lock is closed at each
# moment, no such step fails, and each says what it leaves as it is.
before_boot() {
	find /usr /etc /var/lib/systemd -xdev -depth -name '*bpflock*' -exec rm -r {} +
}

# apt-get asks about a policy file that an administrator has changed; the answer is to keep it.
dpkg_installs() {
	expect_exit 0 dpkg --force-confold -i "/vm/packages/$1.deb"
	cat "$work/out" "$work/err" >"$work/dpkg"
	expect_no_grep 'rror|ailed' "$work/dpkg"
}
version_is() { expect_equal "$(dpkg-query -W -f '${Status} ${Version}' bpflock)" "install ok installed $1" package; }
is_reading() { systemctl is-active bpflock-log.service && [ "$(systemctl show -P MainPID bpflock-log.service)" != "$1" ]; }

# closed_while COMMAND...: no prober on the other processor finds it open
closed_while() {
	taskset 2 probe --hammer dev_mem 100000 1000 >"$work/hammer" &
	hammer=$!
	"$@"
	kill -TERM $hammer
	wait $hammer
	expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
	expect_denied dev_mem
}

row the-earlier-release
# shellcheck disable=SC2154 # of tests/run
dpkg_installs "$each"
old=$(dpkg-query -W -f '${Version}' bpflock)
printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
expect_exit 0 systemctl enable --now bpflock.service bpflock-log.service
until_true is_reading 0
expect_denied dev_mem
format=$(bpflock-ctl status --json | jq .abi)
build=$(bpflock-ctl status --json | jq -r .build)
reader=$(systemctl show -P MainPID bpflock-log.service)

row is-upgraded
closed_while dpkg_installs 2
version_is 2
expect_grep '^bpflock: replaced|^replaced' "$work/dpkg"
expect_status ".enforcing and .status == 0 and .profile == \"restricted\" and .build == \"other-build\""
expect_state enforcing 0
if [ "$(bpflock-ctl status --json | jq .abi)" = "$format" ]; then
	expect_no_grep lost "$work/dpkg"
	expect_status '.dropped == null'
else
	expect_grep 'warning: lost: counters, unread records' "$work/dpkg"
fi
until_true is_reading "$reader"
expect_exit 0 systemctl is-enabled bpflock.service bpflock-log.service
expect_exit 0 systemctl reload bpflock.service
expect_denied dev_mem

row is-downgraded
closed_while dpkg_installs "$each"
version_is "$old"
expect_exit 0 bpflock-ctl status
closed_while systemctl reload bpflock.service
expect_equal "$(bpflock-ctl status --json | jq -r .build)" "$build" "what has loaded the policy"

row is-upgraded-under-its-seal
expect_exit 0 bpflock-ctl seal --yes
until_true is_reading 0
reader=$(systemctl show -P MainPID bpflock-log.service)
closed_while dpkg_installs 2
version_is 2
expect_grep 'sealed: what the version before loaded stays in force until reboot' "$work/dpkg"
expect_exit 4 bpflock-ctl unload
if [ "$(bpflock-ctl bugreport | sed -n 's/.*, pin format \([0-9]*\),.*/\1/p')" = "$format" ]; then
	expect_status ".enforcing and .status == 0 and .build == \"$build\" and .sealed.proven"
	until_true is_reading "$reader"
else
	expect_exit 6 bpflock-ctl status
	expect_grep 'it is sealed until reboot' "$work/err"
	# the process of the version before goes on
	expect_equal "$(systemctl show -P MainPID bpflock-log.service)" "$reader" "process that reads the log"
fi
expect_denied dev_mem
