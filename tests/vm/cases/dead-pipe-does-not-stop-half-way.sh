# kernels: any
# Whoever reads the messages may go; a failed load is undone all the same.

load --profile privileged
mkfifo "$work/pipe"
true <"$work/pipe" &
strace -qq -o "$work/strace" -e trace=renameat2 -e inject=renameat2:error=EIO \
	bpflock --profile restricted --exec-log all >"$work/pipe" 2>&1 || true
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
expect_allowed dev_mem
expect_status '.profile == "privileged" and .enforcing == true'
