count_programs() { bpftool -j prog show | jq length; }
count_links() { bpftool -j link show | jq length; }
count_maps() { bpftool -j map show | jq length; }
as_before() { [ "$(count_programs) $(count_links) $(count_maps)" = "$before" ]; }

before="$(count_programs) $(count_links) $(count_maps)"
load --profile restricted --exec-snoop all
expect_denied dev_mem
! as_before || fail "bpftool does not see what was loaded"
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
expect_nothing_pinned
until_true as_before
expect_equal "$(our_processes)" "" "our processes"
expect_exit 3 bpflock-ctl status

# what of the log goes with it is told to whoever has read it before
load --profile privileged --coalesce 1h
flood 10 1
expect_exit 0 bpflock-ctl unload
expect_no_grep warning "$work/err"
load --profile privileged --coalesce 1h
expect_allowed dev_mem
bpflock-log drain -o json >"$work/tail" 2>/dev/null &
tail=$!
until_true grep -q '"op":"dev_mem"' "$work/tail"
kill $tail
wait $tail
flood 10 1
expect_exit 0 bpflock-ctl unload
expect_grep 'warning: [1-9][0-9]* records and [1-9][0-9]* repetitions .*gone with it' "$work/err"
