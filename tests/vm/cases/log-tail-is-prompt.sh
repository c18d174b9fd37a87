# kernels: any
# timeout: 180
# A tail that has waited prints what comes at once; one that is behind writes in batches.
end_of_tail() { kill "$(sed -n 's/^\([0-9]*\) .*/\1/p' /proc/$tracer/task/$tracer/children)"; }

# Decisions come after ever longer pauses. When their lines are written, strace says: looking for them would
# take longer than what is to be measured.
load --profile privileged --coalesce 0 --ring-size 2M
written() { [ "$(grep -c '"operation":"dev_mem"' "$work/tail")" -eq "$1" ]; }
measure() {
	strace -ttt -s 65536 -e trace=write -o "$work/trace" bpflock-log drain --utc -o json >"$work/tail" 2>/dev/null &
	tracer=$!
	for i in 0 1 2 3 4 5 6 7 8 9 10; do
		usleep $((150000 + 50000 * i))
		probe dev_mem 2>/dev/null
		wait_until written $((i + 1))
	done
	wait_until end_of_tail
	wait $tracer
	sed -n 's/^\([0-9.]*\) write(1, .*operation\\":\\"dev_mem.*/\1/p' "$work/trace" >"$work/written"
	expect_equal "$(wc -l <"$work/written")" 11 "writes of one line each"
	jq 'select(.operation == "dev_mem").time | (.[:19] + "Z" | fromdate) + ("0" + .[19:26] | tonumber)' "$work/tail" >"$work/decided"
	paste "$work/decided" "$work/written" | awk 'NR > 1 { printf "%d\n", ($2 - $1) * 1000 }' | sort -n >"$work/late"
	echo "ms from a decision to its line: $(tr '\n' ' ' <"$work/late")"
	[ "$(sed -n 1p "$work/late")" -ge 0 ] || fail "written before it was decided"
	late=$(sed -n 5p "$work/late")
}
# Whoever looks once a second has half of them wait for half a second, each time; a busy machine is not busy each time.
late=1000 rounds=0
while [ "$late" -ge 200 ]; do
	rounds=$((rounds + 1))
	[ $rounds -le 4 ] || fail "half of the decisions wait for $late ms and more"
	measure
done
ok "half of the decisions have their lines within $late ms"

# a ring that is full, at once
flood 20000 1
strace -e trace=write,writev -o "$work/trace" bpflock-log drain -o json >"$work/full" 2>/dev/null &
tracer=$!
until_true grep -q '"event":"lost"' "$work/full"
until_true end_of_tail
wait $tracer
lines=$(wc -l <"$work/full")
writes=$(grep -c '^write(1, ' "$work/trace")
bytes=$(wc -c <"$work/full")
echo "$lines lines, $bytes bytes, $writes writes"
[ "$lines" -gt 1000 ] || fail "only $lines lines"
[ $((writes - 3)) -le $((bytes / 65536)) ] || fail "$writes writes for $bytes bytes"
ok "$writes writes for $bytes bytes"
