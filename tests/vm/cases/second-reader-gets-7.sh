# kernels: any
load --profile privileged
bpflock-log tail -o json >"$work/first" &
first=$!
expect_allowed dev_mem
until_true grep -q '"dev_mem"' "$work/first"
expect_exit 7 timeout 10 bpflock-log tail -o json
expect_grep "\\b$first\\b" "$work/err"
kill -TERM $first
status=0
wait $first || status=$?
expect_equal $status 0 "exit status of the first reader"

# A shell starts what it puts into the background with SIGINT ignored.
env --default-signal=INT bpflock-log tail -o json >"$work/second" &
second=$!
expect_allowed ioport
until_true grep -q '"ioport"' "$work/second"
kill -INT $second
status=0
wait $second || status=$?
expect_equal $status 0 "exit status of the second reader"
