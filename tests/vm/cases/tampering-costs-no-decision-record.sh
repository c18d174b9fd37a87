# timeout: 200
# ends: sealed
# Who tries again and again is told once in a while, with a count; that takes no room from decisions, and root's
# tries are told from those of others.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal
change seal --yes
expect_attempts
before=$(jq '.tamper_events.by_root' "$work/status")
emitted=$(jq '.tamper_events.emitted' "$work/status")
lock=$(bpf_ids prog '.name | startswith("bplks_locked")')
began=$(uptime_seconds)
for _ in $(seq 200); do attack prog-detach /sys/fs/cgroup "$lock" lsm >/dev/null 2>&1 || :; done
# one in ten seconds of each kind
windows=$((($(uptime_seconds) - began) / 10 + 1))
expect_status ".tamper_events.by_root >= $before + 200 and .tamper_events.emitted <= $emitted + 3 + $windows"
! probe dev_mem 2>/dev/null || fail 'dev_mem is allowed'
expect_exit 0 bpflock-log show -o json --event tamper
expect_grep '"uid":0.*"attempt":"detach"' "$work/out"
expect_exit 0 bpflock-log show -o json --event decision
grep -q '"operation":"dev_mem"' "$work/out" || fail 'a decision has no record'
expect_status '.status == 0 and (.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged)'
