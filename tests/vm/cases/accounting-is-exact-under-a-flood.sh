# timeout: 400
# However much comes, and whatever becomes of the reader: what was decided is what the lines say, those of
# losses included.

# decisions, from lines of any number of readers: a record that was read twice counts once
accounted() {
	cat "$@" | jq -s '[.[] | select(.event == "lsm_locked_down")] | unique_by(.seq) | map(.count) | add // 0'
}
lost() { cat "$@" | jq -s '[.[] | select(.event == "lost") | .count] | add // 0'; }

check_sums() { # DECISIONS_BEFORE FILE...
	before=$1
	shift
	bpflock-ctl status --json >"$work/status"
	expect_json "$work/status" '.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged'
	now=$(jq .totals.decisions "$work/status")
	expect_equal $(($(accounted "$@") + $(lost "$@"))) $((now - before)) "decisions in the lines"
}

for coalesce in 0 1s; do
	# nobody reads
	load --profile privileged --coalesce $coalesce
	flood 20000 2
	flood 300 1 fork
	bpflock-log show -o json >"$work/show" 2>/dev/null
	check_sums 0 "$work/show"
	expect_equal "$(lost "$work/show")" "$(jq .totals.dropped "$work/status")" lost

	# somebody does, and takes over from where show left everything
	bpflock-log drain -o json >"$work/tail" 2>"$work/tail.err" &
	reader=$!
	flood 100000 2
	flood 300 1 fork
	end_reader $reader
	check_sums 0 "$work/tail"
	expect_grep " $(lost "$work/tail") lost" "$work/tail.err"
	bpflock-ctl unload
done

# readers that are slow, killed and started again; a million decisions
load --profile restricted --coalesce 20ms --ring-size 64K
flood 500000 2 &
flooding=$!
n=0
: >"$work/lines"
while kill -0 $flooding 2>/dev/null; do
	n=$((n + 1))
	bpflock-log drain -o json >"$work/lines.$n" 2>/dev/null &
	reader=$!
	usleep 400000
	kill -KILL $reader
	wait $reader || true
	# the end of a line that it did not live to write is repeated by its successor
	sed '$ { /}$/ !d }' "$work/lines.$n" >>"$work/lines"
	usleep 200000
done
wait $flooding
bpflock-log drain -o json >"$work/lines.last" 2>/dev/null &
reader=$!
end_reader $reader
cat "$work/lines.last" >>"$work/lines"
[ $n -ge 3 ] || fail "the flood ended too soon for killing readers"
# those of one loss may have been told by one that died and by its successor
jq -s -c 'map(select(.event == "lost")) | unique_by(.first) | .[]' "$work/lines" >"$work/losses"
jq -c 'select(.event != "lost")' "$work/lines" >"$work/records"
bpflock-ctl status --json >"$work/status"
told=$(($(accounted "$work/records") + $(lost "$work/losses")))
expect_json "$work/status" ".totals | .decisions >= 1000000
	and .decisions == .emitted + .coalesced + .dropped + .unlogged"
expect_equal $told "$(jq .totals.decisions "$work/status")" "decisions in the lines of $n readers"
