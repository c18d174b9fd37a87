# kernels: any
# A result that cannot be written is a failure, though the policy is in force by then.

on_full_disk() { "$@" >/dev/full; }
expect_exit 1 on_full_disk bpflock --profile restricted
expect_grep 'cannot write the result: No space left on device' "$work/err"
expect_denied dev_mem
for command in "status" "status --json" policy "operations" "test" "set profile=baseline"; do
	# shellcheck disable=SC2086 # words
	expect_exit 1 on_full_disk bpflock-ctl $command
	expect_grep 'No space left on device' "$work/err"
done
expect_exit 1 on_full_disk bpflock-log show -o json
expect_grep 'No space left on device' "$work/err"
