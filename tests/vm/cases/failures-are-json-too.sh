# kernels: any
# With --json, stdout is JSON whatever comes of the call.

for command in "status" "test" policy "set profile=baseline"; do
	# shellcheck disable=SC2086 # words
	expect_exit 3 bpflock-ctl --json $command
	expect_json "$work/out" '.status == 3'
done
# the error is what went wrong, not what comes of it
why() { # STATUS PATTERN COMMAND...
	status=$1 pattern=$2
	shift 2
	expect_exit "$status" bpflock-ctl --json "$@"
	expect_json "$work/out" ".status == $status and (.error | test(\"$pattern\"))"
}
printf '[kimglock]\nprofil = baseline\nlevel = integ\n' >"$work/bad"
why 3 'not loaded' test
why 2 'unknown key' set profil=baseline
why 2 'unknown profile.*baseline' set profile=basline
why 2 'unknown verb' statsu
why 2 'takes no --for' status --for 1h
why 2 'bad:2:' apply "$work/bad"
why 2 'exclude each other' apply "$work/bad" --stdin
why 2 'path begins with' cgroup set --cgroup x profile=baseline
why 2 'not a duration' grant kcore --host --for soon
expect_exit 2 bpflock --json --profile basline
expect_json "$work/out" '.status == 2 and .result == "failed"'
expect_exit 5 unshare -fp --mount-proc bpflock --json
expect_json "$work/out" '.status == 5 and .result == "failed"'
load --profile restricted --json
expect_json "$work/out" '.status == 0 and .result == "loaded" and .generation == 1 and .enforcing == true'
