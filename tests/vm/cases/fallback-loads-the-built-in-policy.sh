# kernels: any
# What the boot unit does with a wrong policy: loud, but not without any policy.
mkdir -p /etc/bpflock/bpflock.conf.d
echo 'profile = restricted' >/etc/bpflock/bpflock.conf.d/10-wrong.conf
expect_exit 2 bpflock
expect_grep '10-wrong.conf:1:1: ' "$work/err"
expect_nothing_pinned
expect_exit 2 bpflock --fallback
expect_grep 'falling back to the built-in policy' "$work/err"
expect_status '.profile == "privileged" and .firing and .sources.profile == "built-in"'
expect_allowed dev_mem
expect_record '.op == "dev_mem" and .decision == "allow"'

# nor is a file that lost its text a policy
bpflock-ctl unload
mv /etc/bpflock/bpflock.conf.d/10-wrong.conf "$work"
: >/etc/bpflock/bpflock.conf
expect_exit 2 bpflock
expect_grep '/etc/bpflock/bpflock.conf: sets nothing: .*profile = privileged' "$work/err"
expect_exit 3 bpflock-ctl status
expect_exit 2 bpflock --fallback
expect_grep 'falling back to the built-in policy' "$work/err"
mv "$work/10-wrong.conf" /etc/bpflock/bpflock.conf.d/

# a policy in force is kept, and so is the built-in one
bpflock-ctl set profile=restricted
before=$(generation)
expect_exit 2 bpflock --fallback
expect_grep 'nothing was changed' "$work/err"
expect_equal "$(generation)" "$before" generation
expect_denied dev_mem

# a wrong call is no wrong policy
bpflock-ctl unload
expect_exit 2 bpflock --fallback --profile
expect_exit 3 bpflock-ctl status
