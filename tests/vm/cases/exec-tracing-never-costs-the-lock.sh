# timeout: 240
# A kernel that cannot trace executions is locked all the same, and it is told that they are not traced.

# the bpf(2) calls that fail, by their numbers
attempt() { # FIRST[..LAST]
	strace -qq -o "$work/strace" -e trace=bpf -e "inject=bpf:error=ENODEV:when=$1" \
		bpflock --profile restricted --exec-log all >"$work/out" 2>"$work/err"
}

strace -qq -o "$work/calls" -e trace=bpf bpflock --profile restricted --exec-log all
expect_exit 0 bpflock-ctl unload
# the first three LINK_CREATE are those of the programs that watch cgroups, and of the hook
number=$(grep -n 'BPF_LINK_CREATE\|BPF_RAW_TRACEPOINT_OPEN' "$work/calls" | sed -n '4s/:.*//p')
echo "call number $number fails"
status=0
attempt "$number" || status=$?
cat "$work/out" "$work/err"
grep INJECTED "$work/strace" || true
expect_equal $status 6 "exit status without one exec program"
expect_grep 'exec tracing is incomplete' "$work/err"
expect_denied dev_mem
expect_exit 6 bpflock-ctl status
expect_exit 0 bpflock --profile restricted --exec-log all
expect_exit 0 bpflock-ctl status

# one that does not even load takes none of the others along; libbpf tries twice
expect_exit 0 bpflock-ctl unload
number=$(grep -n 'BPF_PROG_LOAD.*prog_name="exec"' "$work/calls" | sed -n '1s/:.*//p')
echo "calls number $number and the next fail"
status=0
attempt "$number..$((number + 1))" || status=$?
cat "$work/out" "$work/err"
grep INJECTED "$work/strace" || true
expect_equal $status 6 "exit status with an exec program that does not load"
expect_grep 'exec tracing is incomplete' "$work/err"
expect_no_grep 'log of grants' "$work/err"
expect_denied dev_mem
for program in announce consume; do
	[ -e /sys/fs/bpf/bpflock/progs/$program ] || fail "$program is not there"
	ok "$program is there"
done
expect_exit 0 bpflock-ctl grant dev_mem --host --for 1h
expect_record '.event == "grant"'
