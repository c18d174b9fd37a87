# kernels: any
# timeout: 300
# Another version takes over and gives back, with another pin format: nothing is allowed meanwhile. What it
# cannot read it neither touches nor interprets; what is lost is told, when it is and by the status later.

# refused_by DIRECTORY TEXT: the tools there cannot read the set, say so, and change nothing
refused_by() {
	for words in "set profile=privileged" "grants" "apply --confirm" "cgroup delete --all" "revoke --all"; do
		# shellcheck disable=SC2086 # words
		expect_exit 6 "${1}bpflock-ctl" $words
		expect_grep "$2" "$work/err"
	done
	expect_exit 6 "${1}bpflock-ctl" status
	expect_grep "$2" "$work/err"
	expect_exit 6 "${1}bpflock-log" show
	expect_grep "$2" "$work/err"
}

load --profile restricted
format=$(bpflock-ctl status --json | jq .abi)
change cgroup set /x profile=restricted allow=ioport
change grant msr --host --for 1h
taskset 2 probe --hammer dev_mem 1000 1000 >"$work/hammer" &
hammer=$!
refused_by /vm/other-abi/ "bpflock 0.*format (version )?$format.*format (version )?99"
expect_status '.dropped == null and .profile == "restricted" and .generation == 3 and (.grants | length) == 1
	and .cgroups[0].path == "/x" and .build != "other-abi"'

other=/vm/other-abi
lost='warning: (would be )?lost: counters, unread records, rule sets of bpflock-ctl cgroup set, grants; the set before, by version'
expect_exit 0 $other/bpflock --profile privileged --block dev_mem --dry-run
expect_grep "$lost 0.* had pin format $format" "$work/err"
expect_status '.profile == "restricted"'
expect_exit 0 $other/bpflock --profile privileged --block dev_mem
expect_grep "$lost 0.* had pin format $format" "$work/err"
refused_by "" "bpflock other-abi .*format (version )?99.*format (version )?$format"
expect_exit 0 $other/bpflock-ctl status --json
expect_json "$work/out" ".dropped.abi == $format"
expect_json "$work/out" '.enforcing and .build == "other-abi" and .abi == 99 and .cgroups == [] and .grants == []
	and .dropped.kinds == ["counters", "records", "cgroups", "grants"]'
expect_exit 0 $other/bpflock-ctl status
expect_grep "lost at load: counters, .*grants; the set before, by version" "$work/out"
expect_denied dev_mem
expect_allowed ioport

# back, with neither rules nor grants to lose
load --profile restricted
expect_grep 'lost: counters, unread records; the set before, by version other-abi, had pin format 99' "$work/err"
expect_status ".abi == $format"
expect_status '.enforcing and .dropped == {build: "other-abi", abi: 99, kinds: ["counters", "records"]}'
expect_denied ioport
# as long as that set stays, and no longer
change set allow=ioport
expect_status '.dropped.abi == 99'
load --profile restricted --ring-size 64K
expect_status '.dropped == null'
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
kill -TERM $hammer
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
