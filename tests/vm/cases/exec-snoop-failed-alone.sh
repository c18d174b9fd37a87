# --exec-snoop failed: successes, which are nearly all, cost nothing and fill no ring.
load --profile privileged --exec-snoop failed
expect_status '."exec-snoop" == "failed"'
expect_exit 127 sh -c 'exec /no/such/file'
/bin/busybox true
expect_record '.event == "syscall_execve" and .filename == "/no/such/file" and .retval == -2'
expect_no_record '.event == "syscall_execve" and .retval == 0'
[ ! -e /sys/fs/bpf/bpflock/links/exec ] || fail "the program for successes is attached"
ok "the program for successes is not attached"
load --profile privileged --exec-snoop all
/bin/busybox true
expect_record '.event == "syscall_execve" and .filename == "/bin/busybox" and .retval == 0'
