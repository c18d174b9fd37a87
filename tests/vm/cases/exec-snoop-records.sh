# kernels: bookworm trixie sid trixie-arm64
# Successful and failed executions, and none of either unless asked for.

load --profile privileged
expect_exit 0 head -c 1 /dev/null
expect_no_record '.event == "syscall_execve"'
load --profile privileged --exec-snoop all
expect_exit 0 head -c 1 /dev/null
expect_record '.event == "syscall_execve" and .filename == "/usr/bin/head" and .retval == 0'
expect_exit 127 env -- /no/such/program
expect_record '.event == "syscall_execve" and .filename == "/no/such/program" and .retval == -2'
expect_exit 126 env -- /etc/passwd
expect_record '.event == "syscall_execve" and .filename == "/etc/passwd" and .retval == -13'
bpflock-log show -o classic >"$work/classic"
expect_grep 'event=syscall_execve .*filename=/no/such/program retval=-2" bpfprog=execsnoop' "$work/classic"
