# kernels: any
# timeout: 200
# While the log is drained, and decisions come faster than that, anybody may look: it takes nothing from the
# drain, and what it prints is whole. Each number comes once to each reader, or the reader says that it did not.
load --profile privileged --coalesce 0 --ring-size 64K
bpflock-log drain -o json >"$work/tail" 2>"$work/tail.err" &
tail=$!
probe dev_mem 2>/dev/null
until_true grep -q '"operation":"dev_mem"' "$work/tail"
followers=""
for n in 1 2; do
	# one that is behind all the time
	{ env --default-signal=INT bpflock-log follow -o json 2>"$work/follow.$n.err" & echo $! >"$work/follow.$n.pid"; wait; } |
		{ [ $n -eq 1 ] || sleep 3; cat; } >"$work/follow.$n" &
	followers="$followers $!"
done
flood_again() {
	wait $flooding
	flood 60000 2 &
	flooding=$!
}
flood 60000 2 &
flooding=$!
n=0
# how long a flood takes depends on the machine
while kill -0 $flooding 2>/dev/null || { [ $n -lt 3 ] && flood_again; }; do
	n=$((n + 1))
	status=0
	bpflock-log show -o json >"$work/show.$n" 2>>"$work/told" || status=$?
	expect_equal $status 0 "exit status of show $n"
done
wait $flooding
# the first may still find the ring full
all_seen() {
	probe kcore 2>/dev/null
	sleep 1
	grep -q '"operation":"kcore"' "$work/follow.1" && grep -q '"operation":"kcore"' "$work/follow.2"
}
until_true all_seen
# shellcheck disable=SC2046 # pids
kill -INT $(cat "$work"/follow.?.pid)
# shellcheck disable=SC2086 # pids
wait $followers
kill $tail
wait $tail
for n in 1 2; do
	jq -s '(map(select(.seq) | .seq) | length == (unique | length)), (map(.seq // .first) | min) as $first
		| (map(.seq // .last) | max) - $first + 1
			== (map(if .seq then 1 else .count end) | add), map(select(.event == "invalid")) == []' \
		"$work/follow.$n" >"$work/exact"
	jq -s -c 'group_by(.event) | map([.[0].event, length, (map(.count) | add)])' "$work/follow.$n"
	cat "$work/follow.$n.err"
	expect_equal "$(xargs <"$work/exact")" "true true true" "each number accounted for once by follower $n"
done
bpflock-ctl status --json >"$work/status"
jq -s '[.[] | select(.event == "lsm_locked_down") | .count] | add' "$work/tail" >records
jq -s '[.[] | select(.event == "lost") | .count] | add // 0' "$work/tail" >lost
expect_equal $(($(cat records) + $(cat lost))) "$(jq .totals.decisions "$work/status")" "decisions in the tail"
expect_equal "$(jq -s '[.[] | select(.seq) | .seq] | (unique | length) == length' "$work/tail")" true \
	"each number once"
cat "$work"/show.[0-9]* | jq -s -e '[.[] | select(.event != "lost" and .event != "missed")] | length > 0
	and all(.[]; .event == "lsm_locked_down" and .seq > 0 and (.operation == "ioport" or .operation == "dev_mem" or .operation == "kcore" or .operation == "bpf_read"))' \
	>/dev/null || {
		cat "$work"/show.[0-9]* | jq -s -c "group_by([.event, .operation]) | map([.[0].event, .[0].operation, length])"
		cat "$work/told"; grep -h -B1 -A1 invalid "$work"/show.[0-9]*
		fail "what show prints is not whole"
	}
ok "$n times somebody looked"
