# boot: bpflock=off
# The way back for somebody who locked himself out.

expect_exit 0 bpflock --profile restricted
expect_grep 'bpflock=off' "$work/out"
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "command-line" and .state == "note" and (.detail | test("bpflock=off")))'
