# places: trixie-cloud-amd64 trixie-rt-amd64
# kernels: any
# The log can be taken once, and looked at as often as somebody likes: looking takes nothing.
# by SIGINT, which a shell has its jobs in the background ignore
end() { end_reader "$1" INT; }

load --profile privileged
expect_allowed dev_mem
for verb in follow tail; do
	env --default-signal=INT bpflock-log $verb -o json --decision audit >"$work/look" 2>"$work/look.err" &
	look=$!
	env --default-signal=INT bpflock-log $verb -o json >"$work/all" 2>&1 &
	until_true grep -q '"dev_mem"' "$work/all"
	end $look
	end $!
	expect_json "$work/all" '.event' # each line, though stderr is there as well
	expect_equal "$(cat "$work/look")" "" "what the filter lets through"
	expect_grep '^bpflock-log: [1-9][0-9]* records read, 0 lost$' "$work/look.err"
	expect_record '.operation == "dev_mem"'
done

bpflock-log drain -o json >"$work/first" &
first=$!
until_true grep -q '"dev_mem"' "$work/first"
expect_exit 7 timeout 100 bpflock-log drain -o json
expect_grep "\\b$first\\b" "$work/err"
expect_grep "bpflock-log follow" "$work/err"
# beside it there is nothing to see but what comes
env --default-signal=INT bpflock-log follow -o json >"$work/look" 2>"$work/look.err" &
look=$!
seen_by_both() {
	probe kcore
	grep -q '"kcore"' "$work/first" && grep -q '"kcore"' "$work/look"
}
until_true seen_by_both
end $look
expect_grep ' 0 lost$' "$work/look.err"
end_reader $first
expect_no_record '.operation == "dev_mem"'

env --default-signal=INT bpflock-log drain -o json >"$work/second" &
second=$!
expect_allowed ioport
until_true grep -q '"ioport"' "$work/second"
end $second
