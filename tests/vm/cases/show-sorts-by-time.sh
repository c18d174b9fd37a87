# kernels: any
# What is shown stays, in the order of its time, and a record has one time whenever it is shown.
record_times() { bpflock-log show -o json | jq -c '[.seq, .time]'; }

load --profile privileged
expect_allowed dev_mem
expect_record '.operation == "dev_mem"'
expect_record '.operation == "dev_mem"'

# repetitions get their record late, with the time of the last of them
probe --hammer msr 0.3
expect_allowed kcore
record_times >"$work/times"
expect_equal "$(jq -s 'map(.[1]) | sort == .' "$work/times")" true "records are sorted by time"
expect_equal "$(jq -s 'map(.[0]) | sort != .' "$work/times")" true "which is not the order of their numbers"
sleep 1
record_times >"$work/again"
expect_exit 0 cmp "$work/times" "$work/again"
expect_exit 0 bpflock --profile restricted
record_times >"$work/again"
expect_exit 0 cmp "$work/times" "$work/again"

# a pipe changes no format; the day stands above its first line
bpflock-log show | cat >"$work/short"
expect_equal "$(sed -n 1p "$work/short")" "$(date +%F)" "first line"
expect_grep '^..:..:.. allow dev_mem ' "$work/short"

# a clock that is set moves all times, by whole seconds
date -s "@$(($(date +%s) + 86400))"
record_times >"$work/again"
date -s "@$(($(date +%s) - 86400))"
expect_equal "$(jq -c '[.[0], .[1][19:]]' "$work/again")" "$(jq -c '[.[0], .[1][19:]]' "$work/times")" "digits below the second"
expect_equal "$(jq -r '.[1][:10]' "$work/again" | uniq)" "$(date -d "@$(($(date +%s) + 86400))" +%F)" "the day"
