# kernels: bookworm-arm64
# Programs load there, but ftrace cannot have the hook call them.

expect_exit 5 bpflock --profile restricted
expect_grep 'cannot attach the program locked_down .*: not supported by this kernel\. .*arm64: 6\.4 or later' "$work/err"
expect_equal "$(cat "$work/out")" "" output
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 5 bpflock-ctl doctor --json
expect_json "$work/out" '.status == 5 and any(.checks[]; .name == "lsm-load" and .state == "failed" and
	(.detail | test("cannot attach them to a cgroup: not supported")) and (.cure | test("6\\.4 or later")))'
