# places: trixie-cloud-amd64 trixie-rt-amd64 trixie-arm64 sid-arm64
# timeout: 400
as_before() { [ "$(bpf_objects)" = "$before" ]; }

before=$(settled_objects)
load --profile restricted --exec-log all
expect_denied dev_mem
! as_before || fail "bpftool does not see what was loaded"
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
expect_nothing_pinned
until_true as_before
expect_equal "$(our_processes)" "" "our processes"
expect_exit 3 bpflock-ctl status

# one process, whose repetitions are counted
use_often() { sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do : </dev/mem; done'; }
# what of the log goes with it is told to whoever has read it before
load --profile privileged --coalesce 1h
use_often
expect_exit 0 bpflock-ctl unload
expect_no_grep warning "$work/err"
load --profile privileged --coalesce 1h
expect_allowed dev_mem
bpflock-log drain -o json >"$work/tail" 2>/dev/null &
tail=$!
until_true grep -q '"operation":"dev_mem"' "$work/tail"
end_reader $tail
use_often
expect_exit 0 bpflock-ctl unload
expect_grep 'warning: [1-9][0-9]* records and [1-9][0-9]* repetitions .*lost with it' "$work/err"

# who unloads it is the last record, and is told to the system's log; of pins that were removed by hand nobody is known
tail_of() { # COMMAND...: ends the set under a tail
	load --profile restricted --coalesce 0
	bpflock-log tail -o json >"$work/tail" 2>"$work/told" &
	tail=$!
	probe dev_mem 2>/dev/null || :
	until_true grep -q '"operation":"dev_mem"' "$work/tail"
	expect_exit 0 "$@"
	ended=0
	wait $tail || ended=$?
	expect_equal $ended 3 "status of the tail"
	tail -n 1 "$work/tail" >"$work/last"
}
tail_of strace -f -o "$work/trace" -e trace=connect bpflock-ctl unload
expect_json "$work/last" '.event == "tamper" and .attempt == "unload" and .decision == "allow" and .comm == "bpflock-ctl" and .uid == 0 and .object == "/sys/fs/bpf/bpflock"'
expect_grep 'bpflock was unloaded$' "$work/told"
expect_grep ' 0 lost' "$work/told"
expect_grep '/dev/log' "$work/trace"
tail_of rm -r /sys/fs/bpf/bpflock
expect_json "$work/last" '.attempt == null'
expect_grep 'unloaded by removing its pins, not by bpflock-ctl: by whom is unknown' "$work/told"
# a dry run says nothing of the kind
load --profile restricted
expect_exit 0 bpflock-ctl unload --dry-run
expect_no_record '.attempt == "unload"'
