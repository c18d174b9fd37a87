# boot: lockdown=confidentiality
# Everything is refused before bpflock is asked: it loads, but cannot prove that it would refuse.

load --profile restricted
cat "$work/out" "$work/err" >"$work/said"
expect_grep 'confidentiality' "$work/said"
expect_denied dev_mem
expect_exit 0 bpflock-ctl status
expect_grep '[Ll]ockdown.*confidentiality' "$work/out"
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "lockdown" and .state == "note" and (.detail | test("at confidentiality")))'
