# A flood of one class of records, with nobody reading, takes its own room and no more.
kinds() { jq -s -c "map(select(.op == \"$1\" and .decision == \"$2\")) | length" "$work/records"; }

# what is allowed does not push out what is denied
load --profile privileged --coalesce 0 --ring-size 64K
flood 3000 1
bpflock-ctl set block=dev_mem
expect_denied dev_mem
expect_denied dev_mem
records
expect_equal "$(kinds dev_mem deny)" 2 denials
expect_status '.totals.dropped > 1000'
n=$(kinds ioport allow)
[ "$n" -ge 200 ] || fail "only $n allowed ones"
bpflock-ctl unload

# nor the other way round
load --profile restricted --allow dev_mem --coalesce 0 --ring-size 64K
flood 3000 1
expect_allowed dev_mem
expect_allowed dev_mem
records
expect_equal "$(kinds dev_mem allow)" 2 "allowed ones"
expect_status '.totals.dropped > 1000'
bpflock-ctl unload

# nor do executions
load --profile restricted --coalesce 0 --ring-size 64K --exec-snoop all
i=0
while [ $i -lt 300 ]; do
	i=$((i + 1))
	/bin/busybox true
done
expect_status '.exec_events.dropped > 0'
expect_denied dev_mem
records
expect_equal "$(kinds dev_mem deny)" 1 denials
