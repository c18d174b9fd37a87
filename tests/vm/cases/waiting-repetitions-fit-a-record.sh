# kernels: any
# However many repetitions wait for a record, all are in one that comes: the last that its count has room for brings it.
recent=/sys/fs/bpf/bpflock/maps/recent
# where it is in a slot, 4 bytes, and where the process is
pending=24
tgid=72

load --profile privileged --coalesce 1h
start_task asker
ask asker ': </dev/mem; : </dev/mem'
expect_equal "$answer" 0 "the task's status"

# as if it had gone on for some hours: 4,294,967,292 wait
bpftool -j map dump pinned $recent >"$work/recent"
jq -r --argjson at $pending --argjson tgid $tgid \
	--arg low "$(printf '0x%02x' $((task & 255)))" --arg high "$(printf '0x%02x' $((task >> 8)))" \
	'.[] | select(.value[$tgid] == $low and .value[$tgid + 1] == $high and .value[$at] != "0x00")
	| (.key | join(" ")), (.value[:$at] + ["0xfc", "0xff", "0xff", "0xff"] + .value[$at + 4:] | join(" "))' \
	"$work/recent" >"$work/slot"
expect_equal "$(wc -l <"$work/slot")" 2 "lines about the slot"
{ read -r key && read -r value; } <"$work/slot"
# shellcheck disable=SC2086 # words
expect_exit 0 bpftool map update pinned $recent key $key value $value
ask asker 'i=0; while [ $i -lt 10 ]; do : </dev/mem; i=$((i + 1)); done'

records
counts() { jq -s -c "map(select(.operation == \"dev_mem\") | .count) | $1" "$work/records"; }
expect_equal "$(counts add)" 4294967303 "what the records stand for"
expect_equal "$(counts max)" 4294967295 "the most of one"
expect_status '.totals | .decisions >= 12 and .coalesced < .decisions
	and .decisions == .emitted + .coalesced + .dropped + .unlogged'
