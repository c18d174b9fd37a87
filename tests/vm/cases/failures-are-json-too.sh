# With --json, stdout is JSON whatever comes of the call.

for command in "status" "verify" "show policy" "set profile=baseline"; do
	# shellcheck disable=SC2086 # words
	expect_exit 3 bpflock-ctl --json $command
	expect_json "$work/out" '.status == 3'
done
expect_exit 2 bpflock --json --profile basline
expect_json "$work/out" '.status == 2 and .result == "failed"'
expect_exit 5 unshare -fp --mount-proc bpflock --json
expect_json "$work/out" '.status == 5 and .result == "failed"'
load --profile restricted --json
expect_json "$work/out" '.status == 0 and .result == "loaded" and .generation == 1 and .firing == true'
