# kernels: any
# ends: sealed
# timeout: 120
# A sealed set gives nobody its maps: its denials are shown all the same, also those that were read from the log, and say that
# nothing allows them until reboot.
load --profile restricted
expect_denied dev_mem
change seal --yes
expect_denied in_cgroup /sealed msr
expect_exit 0 bpflock-ctl denials -n 1
expect_grep 'DENY  msr probe' "$work/out"
expect_grep 'because: profile is restricted \(--profile' "$work/out"
expect_grep 'note: it is sealed until reboot' "$work/out"
expect_exit 0 bpflock-ctl denials --json
expect_json "$work/out" '.denials[0] | .operation == "msr" and .cgroup == "/sealed" and .allow == null'
expect_status '.last_denials[0].operation == "msr"'
# repetitions that no record has carried yet
expect_exit 0 flood 40 1 denied
expect_exit 0 bpflock-ctl denials -n 1
expect_grep 'DENY  ioport flood.*, 40 times' "$work/out"
expect_denied unsigned_module
expect_record '.operation == "unsigned_module" and .decision == "deny" and .module == "/vm/modules/unsigned.ko"'
expect_exit 1 insert file /vm/modules/unsigned.ko memory /vm/modules/unsigned.ko
expect_record '.operation == "unsigned_module" and .comm == "insert" and (has("module") | not)'
expect_denied in_cgroup /sealed msr
bpflock-log drain -o json >"$work/drained" 2>/dev/null &
drain=$!
until_true grep -q '"operation":"msr"' "$work/drained"
sleep 1
expect_exit 0 bpflock-ctl denials
expect_grep 'DENY  msr probe' "$work/out"
expect_grep 'DENY  ioport flood.*, 40 times' "$work/out"
kill $drain
wait $drain || :
