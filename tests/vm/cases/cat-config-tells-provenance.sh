# kernels: any
# The files as bpflock reads them, in its order, and why others do not count; what could steer a terminal does not.

restore() {
	status=$?
	rm -rf /usr/lib/bpflock/bpflock.conf.d /usr/lib/bpflock/bpflock.conf
	(exit $status)
	at_exit
}
trap restore EXIT

expect_exit 0 mv /etc/bpflock/bpflock.conf /tmp/installed.conf
expect_exit 0 bpflock-ctl cat-config
expect_grep '^# no policy file' "$work/out"
mkdir -p /etc/bpflock/bpflock.conf.d /run/bpflock/bpflock.conf.d /usr/lib/bpflock/bpflock.conf.d
printf '[kimglock]\nprofile = baseline\n' >/etc/bpflock/bpflock.conf
printf '[kimglock]\nprofile = privileged\n' >/usr/lib/bpflock/bpflock.conf
printf '[kimglock]\nmode = audit\n' >/usr/lib/bpflock/bpflock.conf.d/10-masked.conf
ln -s /dev/null /etc/bpflock/bpflock.conf.d/10-masked.conf
printf '[kimglock]\nlog = none\n' >/usr/lib/bpflock/bpflock.conf.d/20-local.conf
printf '# \033[31m\n\t[kimglock]\nlog = denied' >/run/bpflock/bpflock.conf.d/20-local.conf
printf '[cgroup "/a\\x2db"]\nprofile = restricted\n' >/usr/lib/bpflock/bpflock.conf.d/30-rule.conf
cat >/tmp/expected <<'END'
# /usr/lib/bpflock/bpflock.conf is overridden by /etc/bpflock/bpflock.conf

# /etc/bpflock/bpflock.conf
[kimglock]
profile = baseline

# /usr/lib/bpflock/bpflock.conf.d/10-masked.conf is overridden by /etc/bpflock/bpflock.conf.d/10-masked.conf

# /etc/bpflock/bpflock.conf.d/10-masked.conf is masked

# /usr/lib/bpflock/bpflock.conf.d/20-local.conf is overridden by /run/bpflock/bpflock.conf.d/20-local.conf

# /run/bpflock/bpflock.conf.d/20-local.conf
# \x1b[31m
	[kimglock]
log = denied

# /usr/lib/bpflock/bpflock.conf.d/30-rule.conf
[cgroup "/a\x2db"]
profile = restricted
END
expect_exit 0 bpflock-ctl cat-config
expect_equal "$(cat "$work/out")" "$(cat /tmp/expected)" output
expect_exit 0 bpflock-ctl cat-config --json
expect_json "$work/out" '[.files[].state] == ["overridden", "read", "overridden", "masked", "overridden", "read", "read"]'
expect_json "$work/out" '.files[4].by == "/run/bpflock/bpflock.conf.d/20-local.conf"'
expect_json "$work/out" '.files[1].text == "[kimglock]\nprofile = baseline\n" and .status == 0'

# what it shows is what is read
printf '[kimglock]\nlog = denied\n' >/run/bpflock/bpflock.conf.d/20-local.conf
load
expect_status '.profile == "baseline" and .mode == "enforce" and .log == "denied" and .cgroups[0].path == "/a\\x2db"'
bpflock-ctl cat-config >/tmp/all.conf
expect_exit 0 bpflock-ctl diff /tmp/all.conf
expect_grep 'no difference' "$work/out"

chmod 600 /etc/bpflock/bpflock.conf
expect_exit 4 setpriv --reuid 65534 --regid 65534 --clear-groups bpflock-ctl cat-config
expect_grep '^# /etc/bpflock/bpflock.conf cannot be read' "$work/out"
expect_grep '^log = denied' "$work/out"
expect_grep 'bpflock.conf: cannot open: Permission denied' "$work/err"
