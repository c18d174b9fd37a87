# each: boot-unit-precedes-udev-and-modules boot-unit-fails-loudly units-are-where-the-manager-says log-service-writes-the-journal
# source: /vm/source/tests/vm/cases/%.sh
# root: machines
# kernels: trixie
# timeout: 400
# run: places
# ends: off
# Where tests are run on Debian 12, cases about units meet its systemd, 252. Here they meet that of Debian 13, 257.
before_boot() {
	sed -n '/^before_boot() {$/,/^}$/p' "$(find /vm/source -name '*.sh')" >/vm/inner
	if [ -s /vm/inner ]; then
		. /vm/inner
		before_boot
	fi
}

expect_exit 0 systemctl --version
expect_grep '^systemd 257' "$work/out"
# shellcheck source=/dev/null
. "$(find /vm/source -name '*.sh')"
