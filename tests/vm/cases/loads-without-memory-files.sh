# kernels: any
# What libbpf is to look into is handed over in a memory file. Where a sandbox refuses that, it finds all by itself.
expect_exit 0 strace -qq -o "$work/strace" -e trace=memfd_create -e inject=memfd_create:error=EPERM \
	bpflock --profile restricted --exec-snoop all
expect_grep 'memfd_create.* EPERM .*INJECTED' "$work/strace"
expect_denied dev_mem
expect_status '.firing == true and (.programs | length) > 5'
# Kernels before 6.3 know of no memory files that cannot be executed.
expect_exit 0 strace -qq -o "$work/strace" -e trace=memfd_create -e inject=memfd_create:error=EINVAL:when=1 \
	bpflock --profile restricted --exec-snoop failed
expect_grep 'memfd_create.* EINVAL .*INJECTED' "$work/strace"
expect_grep 'memfd_create.* = [0-9]+$' "$work/strace"
expect_denied dev_mem
expect_status '.firing == true'
