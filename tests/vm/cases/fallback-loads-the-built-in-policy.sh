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
