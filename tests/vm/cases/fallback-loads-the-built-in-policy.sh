# kernels: any
# What the boot unit does with a wrong policy: loud, but not without any policy.
mkdir -p /etc/bpflock/bpflock.conf.d
echo 'profile = restricted' >/etc/bpflock/bpflock.conf.d/10-wrong.conf
expect_exit 2 bpflock
expect_grep '10-wrong.conf:1:1: ' "$work/err"
expect_nothing_pinned
expect_exit 2 bpflock --fallback
expect_grep 'falling back to the built-in policy' "$work/err"
# every program says so, with the place of the mistake
wrong='/etc/bpflock/bpflock[.]conf[.]d/10-wrong[.]conf:1:1: '
expect_state fallback 6 "$wrong"
bpflock-ctl status --json >"$work/status" || :
expect_json "$work/status" ".profile == \"privileged\" and .enforcing and .sources.profile == \"built-in\" and
	(.refused.error | test(\"^$wrong\")) and (.refused.time | fromdate) > now - 600"
# a second try that fails too changes nothing of that, and neither does a grant or the rule of a cgroup
expect_exit 2 bpflock --fallback
change grant kexec --host --for 1h
expect_state fallback 6 "$wrong"
expect_allowed dev_mem
expect_record '.operation == "dev_mem" and .decision == "allow"'

# nor is a file that lost its text a policy
bpflock-ctl unload
mv /etc/bpflock/bpflock.conf /etc/bpflock/bpflock.conf.d/10-wrong.conf "$work"
: >/etc/bpflock/bpflock.conf
expect_exit 2 bpflock
expect_grep '/etc/bpflock/bpflock.conf: sets nothing: .*profile = privileged' "$work/err"
expect_exit 3 bpflock-ctl status
expect_exit 2 bpflock --fallback
expect_grep 'falling back to the built-in policy' "$work/err"
expect_state fallback 6 '/etc/bpflock/bpflock[.]conf: sets nothing'
mv "$work/bpflock.conf" /etc/bpflock/
mv "$work/10-wrong.conf" /etc/bpflock/bpflock.conf.d/

# what somebody sets is no fall-back any more
bpflock-ctl set profile=restricted
expect_state enforcing 0
expect_status '.refused == null'

# a policy in force is kept, and what was refused in its favour is told until a load succeeds
before=$(generation)
expect_exit 2 bpflock --dry-run
expect_status '.refused == null'
expect_exit 2 bpflock --fallback
expect_grep 'nothing was changed' "$work/err"
expect_equal "$(generation)" "$before" generation
expect_denied dev_mem
expect_state enforcing 0
expect_exit 0 bpflock-ctl status
expect_grep '^ *refused: the configured policy, 20.*Z: .*10-wrong.conf:1:1: ' "$work/out"
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_policy_refused 1$' "$work/out"
printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf.d/10-wrong.conf
load
expect_state enforcing 0
expect_status ".refused == null and .generation == $before"

# a wrong call is no wrong policy
bpflock-ctl unload
expect_exit 2 bpflock --fallback --profile
expect_exit 3 bpflock-ctl status
