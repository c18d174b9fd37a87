# The original's first story: everything is allowed, and both the exec and the use are on record.

load --profile privileged --exec-snoop all
expect_exit 0 head -c 1 /dev/mem
expect_record '.event == "syscall_execve" and .filename == "/usr/bin/head" and .retval == 0
	and .comm == "head"'
expect_record '.event == "lsm_locked_down" and .op == "dev_mem" and .comm == "head"
	and .operation == "/dev/mem,kmem,port" and .decision == "allow" and .retval == 0
	and .reason == "allow (privileged)"'
bpflock-log show -o classic >"$work/classic"
expect_grep '^time="[0-9T:Z-]+" level=info msg="event=syscall_execve tgid=[0-9]+ pid=[0-9]+ ppid=[0-9]+ uid=0 cgroupid=[0-9]+ comm=head pcomm=[^ ]+ filename=/usr/bin/head retval=0" bpfprog=execsnoop subsys=bpf$' "$work/classic"
expect_grep '^time="[0-9T:Z-]+" level=info msg="event=lsm_locked_down operation=/dev/mem,kmem,port tgid=[0-9]+ pid=[0-9]+ ppid=[0-9]+ uid=0 cgroupid=[0-9]+ comm=head pcomm=[^ ]+ retval=0 reason=allow \(privileged\)" bpfprog=kimglock subsys=bpf$' "$work/classic"
