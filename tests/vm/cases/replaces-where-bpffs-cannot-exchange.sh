# Older kernels' bpffs refuses RENAME_EXCHANGE with EINVAL: strace plays one of them.

load --profile restricted
old=$(bpflock-ctl status --json | jq '.programs[0].id')
expect_exit 0 strace -qq -o "$work/strace" -e trace=renameat2 -e inject=renameat2:error=EINVAL:when=1 \
	bpflock --profile restricted --exec-snoop all
expect_grep 'RENAME_EXCHANGE.* EINVAL .*INJECTED' "$work/strace"
expect_denied dev_mem
expect_status '.firing == true and .generation == 2 and (.leftovers | length) == 0 and (.programs | length) > 1'
[ "$(bpflock-ctl status --json | jq '.programs[] | select(.name == "locked_down").id')" != "$old" ] ||
	fail "the old program is still the published one"
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
