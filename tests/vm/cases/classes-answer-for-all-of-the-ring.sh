# kernels: any
# What is in the ring is charged to a class, and what is taken out is given back to it: long names of programs too,
# which keep to the share of executions.
name=
while [ ${#name} -lt 3000 ]; do name=$name/no-such-directory; done

# Sets $used to the bytes in the ring, and $exec to those of executions.
measure() {
	bpflock-ctl metrics >"$work/metrics"
	used=$(sed -n 's/^bpflock_ring_used_bytes //p' "$work/metrics")
	exec=$(sed -n 's/^bpflock_ring_class_used_bytes{class="exec"} //p' "$work/metrics")
	expect_equal "$(awk '/^bpflock_ring_class_used_bytes/ { sum += $2 } END { print sum }' "$work/metrics")" \
		"$used" "what the classes have"
}

run_long() {
	i=0
	while [ $i -lt "$1" ]; do
		execat -100 "$name" 2>/dev/null || :
		i=$((i + 1))
	done
}

load --profile privileged --exec-log failed --ring-size 64K --coalesce 0
run_long 2
measure
[ "$exec" -gt 6000 ] || fail "two long names take $exec bytes"
flood 20 1
measure
run_long 30
measure
size=$(sed -n 's/^bpflock_ring_class_size_bytes{class="exec"} //p' "$work/metrics")
# once a quarter of the ring is used
[ "$exec" -le $((size + 4500)) ] || fail "executions have $exec bytes, and their share is $size"
ok "executions have $exec bytes of a share of $size"
expect_exit 0 bpflock-log show -o json
expect_grep "\"filename\":\"$name\"" "$work/out"

# readers that are killed whenever it may be
n=0
while [ $n -lt 6 ]; do
	n=$((n + 1))
	bpflock-log drain -o json >"$work/tail" 2>/dev/null &
	reader=$!
	run_long 3
	flood 300 1
	kill -KILL $reader
	wait $reader || :
done
bpflock-log drain -o json >"$work/tail" 2>/dev/null &
reader=$!
end_reader $reader
measure
expect_equal "$used" 0 "what is in the ring after a reader"
run_long 2
flood 20 1
measure
[ "$used" -gt 8000 ] || fail "$used bytes in the ring"
bpflock-ctl status --json >"$work/status"
expect_json "$work/status" '.exec_events.emitted > 4 and (.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged)'
