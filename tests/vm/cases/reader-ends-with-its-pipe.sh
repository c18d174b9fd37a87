# kernels: any
load --profile privileged
{
	status=0
	bpflock-log drain -o json 2>"$work/tail.err" || status=$?
	echo $status >"$work/status-of-reader"
} | head -n 1 >"$work/line" &
expect_allowed dev_mem
until_true test -s "$work/line"
# It notices when it next writes after head has ended.
expect_allowed ioport
has_noticed() {
	probe ioport
	test -s "$work/status-of-reader"
}
until_true has_noticed
expect_equal "$(cat "$work/status-of-reader")" 0 "exit status of the reader"
# What was not taken is not told as read: the next one prints it.
told=$(sed -n 's/.*: \([0-9]*\) records read, 0 lost$/\1/p' "$work/tail.err")
bpflock-log show -o json --op ioport >"$work/left"
expect_json "$work/left" '.operation == "ioport"'
expect_status ".totals.emitted >= $told + 1"
