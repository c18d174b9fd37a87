# kernels: any
# The first decision of a kind is logged at once, its repetitions by one record that counts them.
one() { jq -s -c "map(select(.operation == \"ioport\" and .comm == \"flood\")) | $1" "$work/records"; }

load --profile privileged
expect_status '.coalesce_ms == 1000 and .sources.coalesce_ms == "built-in"'
flood 1000 1
records
expect_equal "$(one 'map(.count) | add')" 1000 "what the records stand for"
[ "$(one length)" -le 60 ] || fail "$(one length) records for one process and operation"
expect_equal "$(one '.[0].count')" 1 "the count of the first"
expect_status '.totals | .coalesced > 900 and .decisions == .emitted + .coalesced + .dropped + .unlogged'

# another process, another operation, another answer and another policy are another kind
before=$(one length)
flood 1 3
expect_allowed dev_mem
bpflock-ctl set profile=restricted
expect_denied dev_mem
records
expect_equal "$(($(one length) - before))" 3 "records of three processes"
expect_equal "$(jq -s -c 'map(select(.operation == "dev_mem") | [.decision, .count])' "$work/records")" \
	'[["allow",1],["deny",1]]' "records of dev_mem"
bpflock-ctl unload

# within one process: each generation's repetitions are its own
load --profile privileged --coalesce 1h
flood 800000 1 &
flooding=$!
has_begun() { bpflock-ctl status --json | jq -e '.totals.decisions > 0'; }
wait_until has_begun
bpflock-ctl set block=kexec
wait $flooding
records
expect_equal "$(one 'map(.generation) | unique')" '[1,2]' generations
expect_equal "$(one 'map(.count) | add')" 800000 "what the records stand for"
bpflock-ctl unload

load --profile privileged --coalesce 0
flood 300 1
records
expect_equal "$(one length)" 300 "records without coalescing"
expect_status '.totals.coalesced == 0'
bpflock-ctl set coalesce=1h
flood 300 1
records
[ "$(one length)" -le 303 ] || fail "set coalesce= does nothing"
ok "set coalesce= counts at once"

expect_exit 2 bpflock-ctl set coalesce=2h
expect_exit 2 bpflock --coalesce soon
expect_exit 2 bpflock --ring-size 100K
expect_exit 2 bpflock-ctl set ring-size=1M
expect_exit 2 bpflock-ctl cgroup set /x profile=restricted coalesce=1s
