# places: trixie-cloud-amd64 trixie-rt-amd64
# kernels: bookworm trixie sid trixie-arm64 sid-arm64
# What profile, level and lists decide, what of that is logged, and that the counts add up.

expect_exit 0 head -c "$(mem_bytes)" /dev/mem
expect_allowed kcore
expect_allowed hibernation

# the original's first story: everything is allowed, and both the exec and the use are on record
row privileged-allows-and-logs
load --profile privileged --exec-log all
expect_exit 0 head -c "$(mem_bytes)" /dev/mem
expect_record '.event == "syscall_execve" and .filename == "/usr/bin/head" and .retval == 0
	and .comm == "head"'
expect_record '.event == "lsm_locked_down" and .operation == "dev_mem" and .comm == "head"
	and .description == "/dev/mem,kmem,port" and .decision == "allow" and .retval == 0
	and .reason == "allow (privileged)"'
bpflock-log show -o classic >"$work/classic"
expect_grep '^time="[0-9T:Z-]+" level=info msg="event=syscall_execve tgid=[0-9]+ pid=[0-9]+ ppid=[0-9]+ uid=0 cgroupid=[0-9]+ comm=head pcomm=[^ ]+ filename=/usr/bin/head retval=0" bpfprog=execsnoop subsys=bpf$' "$work/classic"
expect_grep '^time="[0-9T:Z-]+" level=info msg="event=lsm_locked_down operation=/dev/mem,kmem,port tgid=[0-9]+ pid=[0-9]+ ppid=[0-9]+ uid=0 cgroupid=[0-9]+ comm=head pcomm=[^ ]+ retval=0 reason=allow \(privileged\)" bpfprog=kimglock subsys=bpf$' "$work/classic"

row show-does-not-consume
expect_record '.operation == "dev_mem"'
expect_record '.operation == "dev_mem"'

row exec-log-records-failures-too
expect_exit 127 env -- /no/such/program
expect_record '.event == "syscall_execve" and .filename == "/no/such/program" and .retval == -2'
expect_exit 126 env -- /etc/passwd
expect_record '.event == "syscall_execve" and .filename == "/etc/passwd" and .retval == -13'
bpflock-log show -o classic >"$work/classic"
expect_grep 'event=syscall_execve .*filename=/no/such/program retval=-2" bpfprog=execsnoop' "$work/classic"
bpflock-ctl unload

# neither, unless asked for
row exec-log-none
load --profile restricted
expect_exit 0 head -c 1 /dev/null
expect_no_record '.event == "syscall_execve"'

row restricted-denies-everywhere
expect_exit 1 head -c "$(mem_bytes)" /dev/mem
expect_grep 'Operation not permitted' "$work/err"
expect_denied dev_mem
expect_denied unshare -f -p -- dev_mem
expect_denied unshare -n -- dev_mem
expect_record '.operation == "dev_mem" and .comm == "head" and .decision == "deny" and .retval == -1
	and .reason == "denied (restricted)"'

# Every decision is a record, part of another one, lost or unwanted: never none of these.
row counters-add-up
probe --hammer dev_mem 1
on_arm || probe --hammer ioport 1
expect_status '.totals | .decisions > 100
	and .decisions == .emitted + .coalesced + .dropped + .unlogged'
expect_status '.operations[] | select(.name == "dev_mem") | .denied > 50 and .allowed == 0'
expect_status '([.operations[] | .allowed + .denied + (.audited // 0)] | add) == .totals.decisions'

# the desktop case: all but hibernation
row allow-list-exempts
expect_denied hibernation
load --profile restricted --allow hibernation
expect_allowed hibernation
expect_denied dev_mem
expect_record '.operation == "hibernation" and .decision == "allow" and .reason == "allow (allow)"'

# integrity leaves what only reads kernel memory alone, confidentiality does not
row level-decides-what-is-governed
expect_allowed kcore
load --profile restricted --level confidentiality
expect_denied dev_mem
expect_denied kcore

# for everybody, whatever the profile and the level; and nothing else
row block-list-denies-by-name
load --profile privileged --block dev_mem,kcore
expect_denied dev_mem
expect_denied kcore
on_arm || expect_allowed ioport
expect_record '.operation == "kcore" and .decision == "deny" and .reason == "denied (block)"'
load --profile privileged --block ''
expect_allowed dev_mem
expect_allowed kcore

# successes, which are nearly all, cost nothing and fill no ring
row exec-log-failed-alone
bpflock-ctl unload
load --profile privileged --exec-log failed
expect_status '.exec_log == "failed"'
expect_exit 127 sh -c 'exec /no/such/file'
/bin/busybox true
expect_record '.event == "syscall_execve" and .filename == "/no/such/file" and .retval == -2'
expect_no_record '.event == "syscall_execve" and .retval == 0'
[ ! -e /sys/fs/bpf/bpflock/links/exec ] || fail "the program for successes is attached"
ok "the program for successes is not attached"
load --profile privileged --exec-log all
/bin/busybox true
expect_record '.event == "syscall_execve" and .filename == "/bin/busybox" and .retval == 0'
