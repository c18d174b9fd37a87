# timeout: 200
# With executions traced, those that are lost are counted as decisions are: what the lines say is what happened.
run_some() { # N: programs that run and programs that are not there
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		/bin/busybox true
		execat -100 /no/such/program 2>/dev/null || :
	done
}

load --profile privileged --exec-log all --ring-size 64K --coalesce 0
run_some 200
flood 3000 2
run_some 20
bpflock-log drain -o json >"$work/tail" 2>"$work/tail.err" &
tail=$!
until_true grep -q '"event":"lost"' "$work/tail"
run_some 20
kill $tail
wait $tail
bpflock-ctl status --json >"$work/status"
expect_json "$work/status" '.exec_events.dropped > 0 and .totals.dropped > 0
	and (.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged)'
expect_equal "$(jq -s '[.[] | select(.event == "lost") | .count] | add' "$work/tail")" \
	"$(jq '.totals.dropped + .exec_events.dropped' "$work/status")" "what is lost"
# what came after the tail is in no line of it: status itself, for one
last=$(jq -s 'map(.seq // 0) | max' "$work/tail")
bpflock-log show -o json >"$work/rest"
for kind in syscall_execve:exec_events lsm_locked_down:totals; do
	in_lines=$(cat "$work/tail" "$work/rest" | jq -s --arg event "${kind%:*}" \
		'[.[] | select(.event == $event) | .seq] | unique | length')
	bpflock-ctl status --json >"$work/after"
	[ "$in_lines" -ge "$(jq ".${kind#*:}.emitted" "$work/status")" ] ||
		fail "$in_lines records of ${kind%:*}, up to $last and after: $(cat "$work/status")"
	ok "$in_lines records of ${kind%:*}"
done
