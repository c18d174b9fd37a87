# The questions by which bpflock proves that it is called are decided and counted apart, and are no decisions in the log.

load --profile restricted --level confidentiality
expect_exit 0 bpflock --profile restricted --level confidentiality
expect_exit 0 bpflock-ctl test
expect_status '.totals.proofs > 1 and .totals.decisions == 0'
expect_no_record 'true'
expect_denied bpf_read
expect_record '.operation == "bpf_read" and .decision == "deny" and .comm == "probe"'

# whoever announces a question hides this one, and neither another operation nor another process
bpf_reads() { bpflock-ctl status --json | jq '.operations[] | select(.name == "bpf_read") | .denied'; }
proofs() { bpflock-ctl status --json | jq .totals.proofs; }
denied=$(bpf_reads) proofs=$(proofs)
each=$(($(proofs) - proofs))
expect_exit 1 probe --pretend bpf_read
expect_exit 1 probe --pretend dev_mem
expect_equal "$(bpf_reads)" "$denied" "uses of bpf_read"
[ "$(proofs)" -gt $((proofs + 3 * each)) ] || fail "what was hidden is not counted"
expect_record '.operation == "dev_mem" and .decision == "deny"'
expect_exit 1 probe bpf_read
[ "$(bpf_reads)" -gt "$denied" ] || fail "a use of bpf_read was hidden"
records
expect_equal "$(jq -s 'map(select(.operation == "bpf_read") | .count) | add' "$work/records")" "$(bpf_reads)" "uses of bpf_read in the log"
expect_status '.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged'
