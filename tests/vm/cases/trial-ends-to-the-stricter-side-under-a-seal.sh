# kernels: any
# timeout: 200
# ends: sealed
# A trial goes on under a seal, and can be ended to its stricter side alone.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal
expect_allowed kcore
printf '[kimglock]\nprofile = restricted\nblock = kcore\n[cgroup "/g"]\nprofile = privileged\nblock = kcore\n' >"$work/trial"
change apply --for 1h "$work/trial"
expect_denied kcore
change seal --yes
expect_status '.sealed.proven and .status == 0 and .trial.reverted == false and .trial.seconds_left > 3000'
expect_denied kcore
holds 'a sealed trial'
expect_exit 4 bpflock-ctl apply --revert
expect_grep 'which is the one on trial' "$work/err"
expect_denied kcore
change apply --confirm
expect_status '.sealed.proven and .status == 0 and .trial == null and .block == ["kcore"]'
expect_denied kcore
expect_exit 1 bpflock-ctl apply --confirm
holds 'the end of a trial'
