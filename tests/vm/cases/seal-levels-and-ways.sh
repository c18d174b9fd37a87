# timeout: 200
# ends: sealed
# What is refused to be sealed; a seal of level pins, by a policy file, leaves the policy to be changed.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal
printf '[kimglock]\nprofile = restricted\nblock = msr\n' >"$work/trial"
change apply --for 1h "$work/trial"
expect_exit 1 bpflock-ctl seal
expect_grep 'on trial' "$work/err"
change apply --confirm
expect_exit 1 unshare -m bpflock-ctl seal
expect_grep 'mount namespace of pid 1' "$work/err"
expect_exit 2 bpflock-ctl seal --level pin
expect_exit 0 bpflock-ctl seal --dry-run
expect_status '.sealed == null'
change unload
until_true probe dev_mem

mkdir -p /etc/bpflock
printf '[kimglock]\nprofile = restricted\nseal = pins\n' >/etc/bpflock/bpflock.conf
load
expect_grep 'sealed \(pins\)' "$work/out"
change cgroup set /g profile=privileged
expect_attempts pins
expect_status '.sealed.source | contains("bpflock.conf:3")'
change set block=ioport
expect_denied ioport
change grant ioport --host --for 1h
expect_allowed ioport
change revoke --all
printf '[kimglock]\nprofile = restricted\n[cgroup "/g"]\nprofile = privileged\n' >"$work/policy"
change apply "$work/policy"
holds 'changes'
expect_exit 4 bpflock-ctl unload
expect_exit 4 bpflock --exec-snoop all --profile restricted --ring-size 1M
change seal --level pins
expect_grep 'already sealed' "$work/out"
expect_exit 4 bpflock-ctl seal
refused rename /sys/fs/bpf/bpflock /sys/fs/bpf/aside
refused umount /sys/fs/bpf detach
refused map "$(map_of seal/maps/seal)" update
try - sh -c 'echo 0 >/proc/sys/kernel/ftrace_enabled'
holds 'pins'
expect_attempts pins
load
expect_status '.firing and .status == 0'
