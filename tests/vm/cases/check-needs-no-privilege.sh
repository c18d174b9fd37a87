# kernels: any
# Anybody may check a file or the configuration; all mistakes are told at once, and nothing is needed or loaded.

nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"
mkdir -p /tmp/mine /etc/bpflock/bpflock.conf.d
cat >/tmp/mine/good.conf <<'END'
[kimglock]
profile = baseline
[cgroup "/machine.slice"]
profile = restricted
END
cat >/tmp/mine/bad.conf <<'END'
[kimglock]
profile = baselin
  blok = kexec
[cgroup "machine.slice"]
profile = restricted
[cgroup "/a/b"]
block = debugsf, kexec
END
chown -R 65534:65534 /tmp/mine

# shellcheck disable=SC2086 # words
{
	expect_exit 0 $nobody bpflock-ctl check /tmp/mine/good.conf
	expect_grep '^bpflock-ctl: 1 file, right: profile baseline, level integrity, mode enforce, 1 cgroup$' "$work/out"
	expect_grep 'warning: /tmp/mine/good.conf: would be refused in /etc/bpflock: must belong to root' "$work/err"
	expect_exit 2 bpflock --config /tmp/mine/good.conf
	expect_grep 'must belong to root' "$work/err"

	expect_exit 2 $nobody bpflock-ctl check /tmp/mine/bad.conf
	expect_equal "$(cat "$work/out")" "" output
	expect_grep 'bad.conf:2:11: unknown profile "baselin"' "$work/err"
	expect_grep 'bad.conf:3:3: unknown key "blok"' "$work/err"
	expect_grep 'bad.conf:4:10: .*begins with /' "$work/err"
	expect_grep 'bad.conf:7:9: .*"debugsf"' "$work/err"
	expect_no_grep 'nothing was changed' "$work/err"
	expect_exit 2 $nobody bpflock-ctl check --json /tmp/mine/bad.conf
	expect_json "$work/out" '.status == 2 and .files == ["/tmp/mine/bad.conf"] and (.errors | length) == 4'
	expect_json "$work/out" '.warnings | any(.text | test("would be refused"))'

	cp /tmp/mine/good.conf /etc/bpflock/bpflock.conf
	printf '[kimglock]\nmode = audit\n' >/etc/bpflock/bpflock.conf.d/20-audit.conf
	expect_exit 0 env BPFLOCK_KIMGLOCK_PROFILE=nonsense $nobody bpflock-ctl check
	expect_grep '2 files, right: profile baseline, level integrity, mode audit, 1 cgroup$' "$work/out"
	expect_equal "$(cat "$work/err")" "" "what is said of it"

	# a mistake that no single file makes, and a file of somebody else's
	printf '[kimglock]\nblock = kexec\n' >/etc/bpflock/bpflock.conf.d/30-block.conf
	printf '[kimglock]\nallow = kexec\n' >/etc/bpflock/bpflock.conf.d/40-allow.conf
	expect_exit 2 $nobody bpflock-ctl check
	expect_grep '"kexec" is both blocked .*30-block.conf:2.* and allowed .*40-allow.conf:2' "$work/err"
	rm /etc/bpflock/bpflock.conf.d/40-allow.conf
	chmod 666 /etc/bpflock/bpflock.conf.d/30-block.conf
	expect_exit 2 $nobody bpflock-ctl check
	expect_grep '30-block.conf: must belong to root' "$work/err"
	chmod 600 /etc/bpflock/bpflock.conf.d/30-block.conf
	expect_exit 2 $nobody bpflock-ctl check
	expect_grep '30-block.conf: cannot open: Permission denied' "$work/err"
	expect_exit 0 bpflock-ctl check --json
	expect_json "$work/out" '.status == 0 and (.files | length) == 3 and .errors == [] and .warnings == []'

	expect_exit 0 $nobody sh -c 'bpflock-ctl check - </tmp/mine/good.conf'
	expect_exit 2 $nobody sh -c 'bpflock-ctl check --stdin </tmp/mine/bad.conf'
	expect_grep 'stdin:2:11' "$work/err"
}
expect_exit 3 bpflock-ctl test
