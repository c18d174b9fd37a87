# kernel.ftrace_enabled=0 takes the trampolines away under everybody's LSM programs.

load --profile restricted
expect_denied dev_mem
sysctl -w kernel.ftrace_enabled=0
expect_allowed dev_mem
expect_exit 6 bpflock-ctl status
expect_grep 'ftrace_enabled' "$work/err"
expect_exit 6 bpflock-ctl test
expect_state degraded 6 'ftrace_enabled is 0'
expect_exit 0 bpflock-ctl explain dev_mem --json
expect_json "$work/out" '.decision == "allow" and .attached and (.enforcing | not) and all(.chain[]; .decides | not)'
expect_exit 0 bpflock-ctl analyze --json
expect_json "$work/out" '.enforcing | not'
expect_exit 5 bpflock-ctl doctor
expect_grep '^FAILED ftrace ' "$work/out"
expect_exit 5 bpflock --profile restricted
expect_grep 'sysctl kernel.ftrace_enabled=1' "$work/err"
sysctl -w kernel.ftrace_enabled=1
expect_denied dev_mem
expect_exit 0 bpflock-ctl status
