# kernels: any
# root: systemd
# timeout: 900
# run: places
# ends: sealed off
# The Debian package: installing it locks nothing; upgrades leave no gap and change no policy; neither removing it
# nor an upgrade under a seal fails, and both say what stays in force.
# The sealed machine shuts down as without it.
before_boot() {
	find /usr /etc /var/lib/systemd -xdev -depth -name '*bpflock*' -exec rm -r {} +
}

dpkg_does() {
	expect_exit 0 dpkg "$@"
	cat "$work/out" "$work/err" >"$work/dpkg"
	expect_no_grep 'rror|ailed|arning' "$work/dpkg"
}
install_version() { dpkg_does -i "/vm/packages/$1.deb"; }
is_reading() { systemctl is-active bpflock-log.service && [ "$(systemctl show -P MainPID bpflock-log.service)" != "$1" ]; }

expect_exit 127 bpflock --version
install_version 1
expect_equal "$(dpkg-query -W -f '${Status} ${Version}' bpflock)" "install ok installed 1" "package"
expect_exit 3 bpflock-ctl status
expect_exit 1 systemctl is-enabled bpflock.service bpflock-log.service
expect_exit 3 systemctl is-active bpflock.service bpflock-log.service bpflock-log.path
expect_exit 0 getent group bpflock
journalctl --list-catalog >"$work/catalog"
expect_grep '^cc81e562d3f74e8582d6b74ac3b8be86 bpflock: ' "$work/catalog"
expect_exit 0 bpflock-ctl check

printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
expect_exit 0 systemctl enable --now bpflock.service bpflock-log.service
until_true is_reading 0
expect_denied dev_mem
build=$(bpflock-ctl status --json | jq -r .build)

# to other programs
reader=$(systemctl show -P MainPID bpflock-log.service)
probe --hammer dev_mem 1000 10000 >"$work/hammer" &
hammer=$!
install_version 2
kill -TERM $hammer
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
expect_grep "replaced: profile restricted" "$work/dpkg"
expect_status '.enforcing and .build == "other-build" and .status == 0'
until_true is_reading "$reader"

# nor by what is done to another root that has the host's /sys and /proc in it
other=/run/other
mkdir -p $other/changes $other/work $other/root
mount -t overlay -o lowerdir=/,upperdir=$other/changes,workdir=$other/work overlay $other/root
for mounted in proc sys dev; do
	mount --rbind /$mounted $other/root/$mounted
	mount --make-rslave $other/root/$mounted
done
reader=$(systemctl show -P MainPID bpflock-log.service)
before=$(generation)
for what in "-i /vm/packages/3.deb" "-i /vm/packages/4.deb" "-r bpflock"; do
	# shellcheck disable=SC2086 # words
	expect_exit 0 chroot $other/root dpkg $what
	cat "$work/out" "$work/err" >"$work/dpkg"
	expect_no_grep '^bpflock: ' "$work/dpkg"
	expect_status ".enforcing and .build == \"other-build\" and .status == 0 and .generation == $before"
done
expect_equal "$(systemctl show -P MainPID bpflock-log.service)" "$reader" "process that reads the log"
for mounted in dev sys proc; do
	umount -R $other/root/$mounted
done
umount $other/root

# not if that would change the policy
change set allow=msr
install_version 3
expect_grep 'the policy in force is not the configured one, so it stays' "$work/dpkg"
expect_exit 0 env SYSTEMD_OFFLINE=1 /usr/lib/bpflock/packaging after-upgrade
expect_equal "$(cat "$work/out" "$work/err")" "" "what it says where it is told that nothing runs"
expect_status '.enforcing and .build == "other-build" and .status == 0'
expect_allowed msr
until_true is_reading 0
expect_exit 0 systemctl reload bpflock.service
expect_status ".enforcing and .build == \"$build\""
expect_denied msr

# removed, it stays locked, and there is a way out
dpkg_does -r bpflock
expect_grep 'stays so until reboot, also without this package' "$work/dpkg"
expect_grep '^bpflock: rm -r /sys/fs/bpf/bpflock$' "$work/dpkg"
expect_exit 127 bpflock-ctl status
expect_exit 3 systemctl is-active bpflock-log.service
expect_denied dev_mem
expect_exit 0 rm -r /sys/fs/bpf/bpflock
until_true probe dev_mem
install_version 3
expect_grep '^profile = restricted$' /etc/bpflock/bpflock.conf
expect_allowed dev_mem

# under a seal
expect_exit 0 systemctl start bpflock.service bpflock-log.service
change seal --yes
install_version 4
expect_grep 'sealed: what the version before loaded stays in force until reboot' "$work/dpkg"
expect_status ".enforcing and .build == \"$build\" and .sealed.proven"
until_true is_reading 0
expect_denied dev_mem
dpkg_does -P bpflock
expect_grep 'sealed: it stays in force until reboot, also without this package' "$work/dpkg"
expect_denied dev_mem
expect_equal "$(find /etc /usr /var/lib/systemd -xdev -name '*bpflock*')" "" "what is left of the package"
install_version 3
expect_denied dev_mem
