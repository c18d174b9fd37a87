load --profile privileged
{
	status=0
	bpflock-log tail -o json || status=$?
	echo $status >"$work/status-of-reader"
} | head -n 1 >"$work/line" &
expect_allowed dev_mem
until_true test -s "$work/line"
# It notices when it next writes.
expect_allowed ioport
until_true test -s "$work/status-of-reader"
expect_equal "$(cat "$work/status-of-reader")" 0 "exit status of the reader"
