# Hardened and sandbox kernels have everything and say EPERM: strace plays such a kernel.

refusing="strace -qq -o /dev/null -e trace=bpf -e inject=bpf:error=EPERM"
# shellcheck disable=SC2086 # words
expect_exit 5 $refusing bpflock --profile restricted
expect_grep 'refuses to load any BPF LSM program: Operation not permitted' "$work/err"
expect_nothing_pinned
# shellcheck disable=SC2086
expect_exit 5 $refusing bpflock-ctl doctor
expect_grep '^FAILED lsm-load ' "$work/out"
expect_exit 0 bpflock-ctl doctor
load --profile restricted
expect_denied dev_mem
