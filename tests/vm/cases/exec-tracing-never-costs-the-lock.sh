# timeout: 180
# A kernel that cannot trace executions is locked all the same, and it is told that they are not traced.

# bpf(2) calls from the first failing one on: those that load or attach exec programs come last
attempt() { # NUMBER
	strace -qq -o "$work/strace" -e trace=bpf -e "inject=bpf:error=ENODEV:when=$1" \
		bpflock --profile restricted --exec-snoop all >"$work/out" 2>"$work/err"
}

strace -qq -o "$work/calls" -e trace=bpf bpflock --profile restricted --exec-snoop all
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
expect_exit 0 bpflock --profile restricted --exec-snoop all
expect_exit 0 bpflock-ctl status
