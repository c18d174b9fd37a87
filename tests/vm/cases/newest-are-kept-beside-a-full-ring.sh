# kernels: any
# Before anybody reads, the ring keeps what was first, and beside it are the newest of each kind.
last() { jq -s -c "map(select(.operation == \"$1\")) | last | [.decision, .pid]" "$work/records"; }

load --profile privileged --coalesce 0 --ring-size 64K
flood 3000 1
bpflock-ctl set block=msr
flood 3000 2
sh -c 'echo $$ >pid; exec probe dev_mem'
flood 3000 1
expect_denied msr
records
jq -s -c 'map(select(.event == "lsm_locked_down") | .seq)' "$work/records" >seqs
expect_json seqs '(. | unique | length) == length'
expect_equal "$(last dev_mem)" "[\"allow\",$(cat pid)]" "the last of dev_mem"
bpflock-ctl status --json >"$work/status"
newest=$(jq -s 'map(select(.operation == "ioport") | .seq) | max' "$work/records")
[ "$newest" -gt 8000 ] || fail "the newest of the flood is $newest"
expect_equal "$(jq -s 'map(select(.event == "lost") | .count) | add' "$work/records")" \
	"$(jq .totals.dropped "$work/status")" lost

# a tail takes them, so that they are told once
bpflock-log drain -o json >"$work/tail" 2>/dev/null &
tail=$!
until_true grep -q '"operation":"dev_mem"' "$work/tail"
kill $tail
wait $tail
expect_equal "$(jq -s 'map(select(.event != "lost")) | length' "$work/tail")" \
	"$(bpflock-ctl status --json | jq .totals.emitted)" "records read"
records
expect_equal "$(jq -s 'map(select(.event == "lost")) | length' "$work/records")" 0 "losses told again"
