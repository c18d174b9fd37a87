# timeout: 300
# Twenty replacements, each of which denies dev_mem, under somebody who never stops trying.

load --profile restricted
expect_denied dev_mem
before=$(generation)
probe --hammer dev_mem 600 >"$work/hammer" &
hammer=$!
rounds=0
while [ $rounds -lt 10 ]; do
	bpflock --profile restricted --allow hibernation --exec-snoop all >/dev/null
	bpflock --profile privileged --block dev_mem --exec-snoop none >/dev/null
	rounds=$((rounds + 1))
done
kill -TERM $hammer
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
after=$(generation)
[ "$after" -ge $((before + 20)) ] || fail "generation $after after 20 replacements from $before on"
ok "generation $after"
