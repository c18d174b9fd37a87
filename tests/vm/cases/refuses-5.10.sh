# kernels: bullseye
# BPF LSM programs exist there, but without what bpflock needs.

expect_exit 5 bpflock --profile restricted
expect_grep '5\.10.* too old' "$work/err"
expect_equal "$(cat "$work/out")" "" output
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 5 bpflock-ctl doctor --json
expect_json "$work/out" '.status == 5 and any(.checks[]; .name == "kernel" and .state == "failed" and (.cure | test("from 5.14 on")))'
