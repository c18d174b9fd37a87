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
