# From a child pid namespace nobody can tell what the host is.

expect_exit 5 unshare -f -p bpflock --profile baseline
expect_exit 5 unshare -f -p --mount-proc bpflock --profile baseline
expect_grep 'pid namespace' "$work/err"
expect_nothing_pinned
expect_allowed dev_mem
