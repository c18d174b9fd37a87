# kernels: any
# Files, drop-ins, environment and command line, each over the one before.

mkdir -p /etc/bpflock/bpflock.conf.d
printf '[kimglock]\nprofile = restricted\nblock = kcore\n' >/etc/bpflock/bpflock.conf
load
expect_denied dev_mem
expect_denied kcore
printf '[kimglock]\nprofile = baseline\n' >/etc/bpflock/bpflock.conf.d/10-test.conf
# the date is that of the change, so another load leaves it
set_at=$(bpflock-ctl status --json | jq -r .set_at.block)
sleep 1.1
load
# and says what it changed
expect_grep '^  profile: restricted -> baseline$' "$work/out"
expect_grep '^  opens [0-9]+ operations to the host: ' "$work/out"
expect_status ".set_at.block == \"$set_at\" and .set_at.profile > \"$set_at\""
expect_allowed dev_mem
expect_denied unshare -n -- dev_mem
expect_denied kcore
load --dry-run --json
expect_json "$work/out" '.changes == [] and .opens == [] and .closes == []'
cp /etc/bpflock/bpflock.conf "$work/mine.conf"
expect_exit 0 sh -c "cd '$work' && bpflock --config mine.conf"
expect_status ".sources.profile == \"$work/mine.conf:2\""
load
load --profile privileged
expect_allowed unshare -n -- dev_mem
export BPFLOCK_KIMGLOCK_PROFILE=restricted
load
expect_denied dev_mem
load --profile privileged
expect_allowed dev_mem
