# kernels: any
# The control of lockdown-overrules-exceptions: where kernel Lockdown is not switched on, no exception is said to be
# overruled, and each holds.

cat >"$work/policy" <<-'EOT'
	[kimglock]
	profile = restricted
	allow = hibernation
	[cgroup "/loose"]
	profile = privileged
EOT

expect_exit 0 bpflock-ctl check "$work/policy"
expect_no_grep 'hold' "$work/err"
load --config "$work/policy"
expect_no_grep 'hold' "$work/err"
expect_allowed hibernation
expect_denied msr
expect_allowed in_cgroup /loose -- msr
expect_exit 0 bpflock-ctl diff "$work/policy"
expect_no_grep 'hold' "$work/err"
expect_exit 0 bpflock-ctl explain hibernation --json
expect_json "$work/out" '.decision == "allow" and .overruled == false and .cure == null'
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" '.checks[] | select(.name == "exceptions") | .state == "ok" and .cure == ""'
expect_exit 0 bpflock-ctl grant msr --host --for 1h
expect_no_grep 'hold' "$work/err"
expect_allowed msr
