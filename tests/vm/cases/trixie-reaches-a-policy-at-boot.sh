# source: /vm/source/tests/vm/cases/readme-reaches-a-policy-at-boot.sh /vm/source/README.md /vm/packages/1.deb
# root: machines
# kernels: trixie
# timeout: 900
# run: places
# reboots: once
# ends: off
# The commands of README.md, from installing the package to its removal, with the programs of Debian 13.
before_boot() {
	find /usr /etc /var/lib/systemd -xdev -depth -name '*bpflock*' -exec rm -r {} +
}

expect_exit 0 systemctl --version
expect_grep '^systemd 257' "$work/out"
# shellcheck source=/dev/null
. /vm/source/tests/vm/cases/readme-reaches-a-policy-at-boot.sh
