# timeout: 180
# A tail that has waited prints what comes at once; one that is behind writes in batches.
now() { sed -E 's/^([0-9]+)\.([0-9]+) .*/\1\2/; s/^0+//' /proc/uptime; } # centiseconds since boot

load --profile privileged --coalesce 0
bpflock-log tail -o json >"$work/tail" 2>/dev/null &
tail=$!
worst=0
for i in 1 2 3 4 5; do
	usleep 1500000
	lines=$(wc -l <"$work/tail")
	probe dev_mem 2>/dev/null
	until [ "$(wc -l <"$work/tail")" -gt "$lines" ]; do
		:
	done
	late=$(($(now) - $(jq -s 'last | .boottime_ns / 1e7 | floor' "$work/tail")))
	echo "decision $i: in the output within ${late}0 ms"
	[ $late -le $worst ] || worst=$late
done
# looking takes most of it
[ $worst -lt 200 ] || fail "${worst}0 ms from a decision to its line"
ok "${worst}0 ms at most from a decision to its line"
kill $tail
wait $tail

# a ring that is full, at once
flood 20000 1
strace -e trace=write,writev -o "$work/trace" bpflock-log tail -o json >"$work/full" 2>/dev/null &
tracer=$!
until_true grep -q '"event":"lost"' "$work/full"
end_of_tail() { kill "$(sed -n 's/^\([0-9]*\) .*/\1/p' /proc/$tracer/task/$tracer/children)"; }
until_true end_of_tail
wait $tracer
lines=$(wc -l <"$work/full")
writes=$(grep -c '^write(1, ' "$work/trace")
bytes=$(wc -c <"$work/full")
echo "$lines lines, $bytes bytes, $writes writes"
[ "$lines" -gt 1000 ] || fail "only $lines lines"
[ $((writes - 3)) -le $((bytes / 65536)) ] || fail "$writes writes for $bytes bytes"
ok "$writes writes for $bytes bytes"
