# kernels: bullseye
# BPF LSM programs exist there, but without what bpflock needs.

expect_exit 5 bpflock --profile restricted
expect_grep 'Linux 5\.10.* has no BPF LSM programs for cgroups.*Linux 6\.0 or later' "$work/err"
expect_equal "$(cat "$work/out")" "" output
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 5 bpflock-ctl doctor --json
expect_json "$work/out" '.status == 5 and any(.checks[]; .name == "lsm-load" and .state == "failed" and (.cure | test("Linux 6.0 or later")))'
