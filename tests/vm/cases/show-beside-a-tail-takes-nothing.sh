# kernels: any
# timeout: 200
# While a tail consumes, and decisions come faster than it does, anybody may look: it takes nothing from the
# tail, and what it prints is whole.
load --profile privileged --coalesce 0 --ring-size 64K
bpflock-log tail -o json >"$work/tail" 2>"$work/tail.err" &
tail=$!
probe dev_mem 2>/dev/null
until_true grep -q '"op":"dev_mem"' "$work/tail"
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
kill $tail
wait $tail
bpflock-ctl status --json >"$work/status"
jq -s '[.[] | select(.event == "lsm_locked_down") | .count] | add' "$work/tail" >records
jq -s '[.[] | select(.event == "lost") | .count] | add // 0' "$work/tail" >lost
expect_equal $(($(cat records) + $(cat lost))) "$(jq .totals.decisions "$work/status")" "decisions in the tail"
expect_equal "$(jq -s '[.[] | select(.seq) | .seq] | (unique | length) == length' "$work/tail")" true \
	"each number once"
cat "$work"/show.[0-9]* | jq -s -e '[.[] | select(.event != "lost")] | length > 0
	and all(.[]; .event == "lsm_locked_down" and .seq > 0 and (.op == "ioport" or .op == "dev_mem" or .op == "bpf_read"))' \
	>/dev/null || {
		cat "$work"/show.[0-9]* | jq -s -c "group_by([.event, .op]) | map([.[0].event, .[0].op, length])"
		cat "$work/told"; grep -h -B1 -A1 invalid "$work"/show.[0-9]*
		fail "what show prints is not whole"
	}
ok "$n times somebody looked"
