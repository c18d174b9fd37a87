# boot: lockdown=integrity
# Kernel Lockdown is asked first; bpflock adds what it leaves, and says who does what.

expect_denied dev_mem
expect_allowed kcore
load --profile restricted --level confidentiality
expect_denied kcore
expect_record '.op == "kcore" and .decision == "deny" and .reason == "denied (restricted)"'
expect_denied dev_mem
expect_no_record '.op == "dev_mem"'
expect_status 'any(.operations[]; .name == "dev_mem" and .denied == 0)'
expect_exit 0 bpflock-ctl status
expect_grep '[Ll]ockdown.*integrity' "$work/out"
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "lockdown" and .state == "note" and (.detail | test("at integrity")))'
