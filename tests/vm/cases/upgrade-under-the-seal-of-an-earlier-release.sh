# each: 2026-11-24 2026-11-29 2026-11-30
# release: %
# kernels: any
# timeout: 480
# ends: sealed
# What an earlier release has sealed stays until reboot: this version says that, offers no cure that would not work, and
# changes nothing; the tools of that release go on.
# shellcheck disable=SC2154 # of tests/run
old=/vm/releases/$each

printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
expect_exit 0 "$old/bpflock"
ours=$(bpflock-ctl bugreport | sed -n 's/.*, pin format \([0-9]*\),.*/\1/p')
theirs=$("$old/bpflock-ctl" status --json | jq .abi)
readable=false
[ "$theirs" != "$ours" ] || readable=true
expect_exit 0 "$old/bpflock-ctl" cgroup set /x profile=privileged
taskset 2 probe --hammer dev_mem 100000 1000 >"$work/hammer" &
hammer=$!
if [ "$each" = 2026-11-24 ]; then # it does not ask
	expect_exit 0 "$old/bpflock-ctl" seal
else
	expect_exit 0 "$old/bpflock-ctl" seal --yes
fi

row this-version-says-that-it-is-sealed
if $readable; then
	expect_status '.enforcing and .status == 0 and .sealed.proven and .cgroups[0].path == "/x"'
	change latch kexec
else
	for words in status "set profile=privileged" "latch kexec"; do
		# shellcheck disable=SC2086 # words
		expect_exit 6 bpflock-ctl $words
		expect_grep "with pin format $theirs, but this version has format $ours; it is sealed until reboot" "$work/err"
		expect_no_grep hint "$work/err"
	done
	expect_exit 6 bpflock-log show
	expect_grep 'it is sealed until reboot' "$work/err"
	expect_no_grep hint "$work/err"
	expect_exit 6 bpflock-ctl test
	expect_no_grep hint "$work/err"
fi

row and-changes-nothing
for words in "bpflock --profile privileged" "bpflock --profile privileged --dry-run" "bpflock-ctl unload" "bpflock-ctl unload --dry-run"; do
	# shellcheck disable=SC2086 # words
	expect_exit 4 $words
	expect_grep '/sys/fs/bpf/bpflock: cannot change the policy: sealed until reboot, (since .* by uid 0|by another version of bpflock)' "$work/err"
	expect_no_grep hint "$work/err"
done
$readable || expect_exit 4 bpflock
expect_exit 0 "$old/bpflock-ctl" status
expect_grep 'sealed: .*until reboot' "$work/out"
expect_denied dev_mem
expect_allowed in_cgroup /x dev_mem
kill -TERM $hammer
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
