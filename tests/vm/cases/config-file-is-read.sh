# kernels: any
# Files, drop-ins, environment and command line, each over the one before.

mkdir -p /etc/bpflock/bpflock.conf.d
printf '[kimglock]\nprofile = restricted\nblock = kcore\n' >/etc/bpflock/bpflock.conf
load
expect_denied dev_mem
expect_denied kcore
printf '[kimglock]\nprofile = baseline\n' >/etc/bpflock/bpflock.conf.d/10-test.conf
load
expect_allowed dev_mem
expect_denied unshare -n -- dev_mem
expect_denied kcore
load --profile privileged
expect_allowed unshare -n -- dev_mem
export BPFLOCK_KIMGLOCK_PROFILE=restricted
load
expect_denied dev_mem
load --profile privileged
expect_allowed dev_mem
