# timeout: 200
# ends: sealed
# What is latched is denied to everybody, whatever rules, grants and audit mode say; it outlives a load, and under a
# seal more can be latched and grants can be ended.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal
expect_allowed kcore
change grant msr --host --for 1h
change grant ioport,dev_mem --host --for 1h --comment one
change grant ioport --host --for 2h --comment two
expect_allowed msr
try 0 in_cgroup /g probe msr
change latch msr
expect_grep 'as long as this set is loaded' "$work/out"
expect_grep '^[+]latch = msr$' "$work/out"
expect_grep '^closes 1 operation to ' "$work/out"
expect_denied msr
try 1 in_cgroup /g probe msr
expect_exit 0 bpflock-ctl explain msr --cgroup /g
expect_grep 'because: latched by bpflock-ctl' "$work/out"
expect_grep '^  => latch +deny +latched \(bpflock-ctl.*\): decides$' "$work/out"
expect_grep '^     grant +- +not reached$' "$work/out"
change set mode=audit
expect_denied msr
expect_allowed dev_mem
load --profile restricted --log denied
expect_denied msr
expect_status '.latched == ["msr"]'
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_latched_operations 1$' "$work/out"
expect_exit 0 bpflock-log show -o json
expect_grep '"operation":"msr".*"decision":"deny".*"why":"latch"' "$work/out"
change cgroup set /g profile=privileged

change seal --yes
expect_status '.sealed.proven and .latched == ["msr"]'
expect_allowed ioport
expect_allowed dev_mem
change latch kcore
expect_grep 'until reboot' "$work/out"
expect_denied kcore
expect_status '.latched == ["msr","kcore"]'
expect_exit 4 bpflock-ctl grant dev_mem --host --for 1h
change grants --json
id=$(jq '.grants[] | select(.comment == "one").id' "$work/out")
change revoke "$id"
expect_denied dev_mem
expect_allowed ioport # by the other one
change revoke --all
until_true sh -c '! probe ioport 2>/dev/null'
expect_status '.sealed.proven and .status == 0 and .grants == []'
bpflock-log drain -o json >"$work/log" 2>&1 &
tail=$!
! probe dev_mem 2>/dev/null || fail 'dev_mem is allowed'
until_true grep -q '"operation":"dev_mem"' "$work/log"
end_reader $tail
