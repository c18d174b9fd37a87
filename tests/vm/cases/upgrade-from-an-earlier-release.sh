# each: 2026-11-24 2026-11-29 2026-11-30
# release: %
# kernels: any
# timeout: 480
# From a release that this repository once had to this one, and back: no moment is open, what is lost is told before and
# after, and what one version cannot read it does not touch.
# shellcheck disable=SC2154 # of tests/run
old=/vm/releases/$each
ours=$(bpflock-ctl bugreport | sed -n 's/.*, pin format \([0-9]*\),.*/\1/p')
lost="lost: counters, unread records, rule sets of bpflock-ctl cgroup set, grants; the set before, by version [^ ]*, had pin format"

# refused_by DIRECTORY: the tools there cannot read the set, say so, and change nothing
refused_by() {
	for words in "set profile=privileged" "revoke --all"; do
		# shellcheck disable=SC2086 # words
		expect_exit 6 "${1}bpflock-ctl" $words
		expect_grep 'pin format' "$work/err"
	done
	expect_exit 6 "${1}bpflock-log" show
	expect_exit 6 "${1}bpflock-ctl" status
	expect_grep 'pin format .*; its lockdown program is attached' "$work/err"
}

# As a file of all these versions can be: none of them knows the sections of later ones.
printf '[kimglock]\nprofile = restricted\n[cgroup "/x"]\nprofile = privileged\n' >/etc/bpflock/bpflock.conf
expect_exit 0 "$old/bpflock"
format=$("$old/bpflock-ctl" status --json | jq .abi)
echo "pin format $format to $ours"
[ "$ours" -ge "$format" ] || fail "no pin formats"
[ "$format" -ne "$ours" ] || format="" # it can be read
expect_exit 0 "$old/bpflock-ctl" cgroup set /y profile=privileged
expect_exit 0 "$old/bpflock-ctl" grant msr --host --for 1h
expect_denied dev_mem
taskset 2 probe --hammer dev_mem 100000 1000 >"$work/hammer" &
hammer=$!

row this-version-looks-at-the-old-set
if [ -n "$format" ]; then
	refused_by ""
	expect_grep '^bpflock-ctl: hint: bpflock$' "$work/err"
	expect_exit 0 bpflock --dry-run
	expect_grep "would be $lost $format$" "$work/err"
else
	expect_status '.enforcing and .status == 0 and (.grants | length) == 1 and (.cgroups | map(.path)) == ["/x", "/y"]'
fi
expect_exit 0 "$old/bpflock-ctl" grants
expect_grep msr "$work/out"

row this-version-takes-over
load
if [ -n "$format" ]; then
	expect_grep "warning: $lost $format$" "$work/err"
	expect_status ".enforcing and .status == 0 and .dropped.abi == $format and .dropped.kinds == [\"counters\", \"records\", \"cgroups\", \"grants\"]
		and .grants == [] and (.cgroups | map(.path)) == [\"/x\"]"
else
	expect_no_grep 'lost' "$work/err"
	expect_status '.enforcing and .status == 0 and .dropped == null and (.grants | length) == 1 and (.cgroups | map(.path)) == ["/x", "/y"]'
fi
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
expect_denied dev_mem
expect_allowed in_cgroup /x dev_mem
if [ -n "$format" ]; then
	expect_denied in_cgroup /y dev_mem
else
	expect_allowed in_cgroup /y dev_mem
fi

row the-old-version-takes-over-again
change cgroup set /y profile=privileged
change grant msr --host --for 1h
if [ -n "$format" ]; then
	refused_by "$old/"
fi
# a setting that it does not know is an error, and changes nothing
before=$(generation)
printf '[kimglock]\nprofile = privileged\n[unheard-of]\nprofile = off\n' >"$work/newer.conf"
expect_exit 2 "$old/bpflock" --config "$work/newer.conf"
expect_status ".enforcing and .generation == $before"
expect_denied dev_mem
expect_exit 0 "$old/bpflock"
[ -z "$format" ] || expect_grep 'lost: counters, unread records, rule sets of bpflock-ctl cgroup set, grants' "$work/err"
expect_exit 0 "$old/bpflock-ctl" status
expect_denied dev_mem
expect_allowed in_cgroup /x dev_mem

row and-this-one-for-good
load
expect_status '.enforcing and .status == 0 and .profile == "restricted"'
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
kill -TERM $hammer
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
