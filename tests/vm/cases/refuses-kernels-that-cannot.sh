# kernels: bullseye bookworm-arm64
# BPF LSM programs exist in 5.10, but without what bpflock needs. On arm64 before 6.4 programs load, but ftrace cannot
# have the hook call them.
case $(uname -m) in
aarch64)
	says='program locked_down: cannot attach .*: not supported by this kernel$' hint='arm64: 6\.4 or later'
	check='(.detail | test("cannot attach them to a cgroup: not supported")) and (.cure | test("6\\.4 or later"))' ;;
*)
	says='Linux 5\.10.* has no BPF LSM programs for cgroups$' hint='Linux 6\.0 or later'
	check='(.cure | test("Linux 6.0 or later"))' ;;
esac
expect_exit 5 bpflock --profile restricted
expect_grep "$says" "$work/err"
expect_grep "hint: .*$hint" "$work/err"
expect_equal "$(cat "$work/out")" "" output
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 5 bpflock-ctl doctor --json
expect_json "$work/out" ".status == 5 and any(.checks[]; .name == \"lsm-load\" and .state == \"failed\" and $check)"
