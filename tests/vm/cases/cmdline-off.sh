# boot: bpflock=off
# The way back for somebody who locked himself out.

expect_exit 0 bpflock --profile restricted
expect_grep 'bpflock=off' "$work/out"
expect_nothing_pinned
expect_allowed dev_mem
