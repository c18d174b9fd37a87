# boot: preempt=full
# timeout: 400
# Where bpflock and others refuse at the same time on both CPUs, each interrupting the other at any point, a refusal is counted for who gave
# it, and every sum is exact: by the counters and by the lines. What the kernel does not let be looked at is counted, too.

mkdir -p /sys/fs/cgroup/child
in_child() { in_cgroup /child attack lsm-cgroup /sys/fs/cgroup/child locked_down -1 "$@"; }

flood_of_both() { # N INTERRUPTING-N
	in_child sh -c "flood $1 2 denied & flood $2 2 denied interrupting; wait" >/dev/null 2>&1 &
	flood "$1" 2 denied
	flood "$2" 2 denied interrupting
	wait $!
}

check_counts() { # OWN OTHERS
	bpflock-ctl status --json >"$work/status"
	expect_json "$work/status" ".totals | .denied == $1 and .decisions == .emitted + .coalesced + .dropped + .unlogged"
	jq -c .other_events "$work/status"
	expect_json "$work/status" ".other_events | .by_other + .missed >= $2 and .by_other <= $2 and .by_lockdown == 0
		and .refused == .emitted + .coalesced + .dropped + .unlogged"
}

check_lines() { # FILE
	jq -s -c '[.[] | select(.event == "lsm_locked_down")] | unique_by(.seq) | group_by(.by // "bpflock") | .[] |
		{ by: (.[0].by // "bpflock"), n: (map(.count) | add) }' "$1" | tee "$work/sums"
	lost=$(jq -s '[.[] | select(.event == "lost") | .count] | add // 0' "$1")
	ours=$(jq -s 'map(select(.by == "bpflock").n) | add // 0' "$work/sums")
	theirs=$(jq -s 'map(select(.by == "other").n) | add // 0' "$work/sums")
	expect_equal "$ours" "$(jq '.totals | .emitted + .coalesced' "$work/status")" "ours in the lines"
	expect_equal "$theirs" "$(jq '.other_events | .emitted + .coalesced' "$work/status")" "others' in the lines"
	expect_equal "$lost" "$(jq '.totals.dropped + .other_events.dropped' "$work/status")" "lost in the lines"
}

for coalesce in 0 1s; do
	row "coalesce-$coalesce"
	load --profile restricted --coalesce $coalesce --ring-size 64K
	flood_of_both 20000 2000
	check_counts 44000 44000
	bpflock-log drain -o json >"$work/lines" 2>/dev/null &
	reader=$!
	end_reader $reader
	check_lines "$work/lines"
	expect_exit 0 bpflock-ctl unload
done
