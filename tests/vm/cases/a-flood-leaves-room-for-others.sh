# kernels: any
# timeout: 240
# A flood of one class of records, with nobody reading, takes its own room and no more. What comes later is
# more than is kept beside a full ring.
later=12
kinds() { jq -s -c "map(select(.operation == \"$1\" and .decision == \"$2\")) | length" "$work/records"; }
expect_later() { # STATUS DECISION: of probe
	i=0
	while [ $i -lt $later ]; do
		i=$((i + 1))
		status=0
		probe dev_mem 2>/dev/null || status=$?
		[ $status -eq "$1" ] || fail "probe dev_mem: exit status $status"
	done
	records
	expect_equal "$(kinds dev_mem "$2")" $later "records: dev_mem, $2"
}

# what is allowed does not push out what is denied
load --profile privileged --coalesce 0 --ring-size 256K
flood 3000 1
bpflock-ctl set block=dev_mem
expect_later 1 deny
expect_status '.totals.dropped > 1000'
n=$(kinds ioport allow)
[ "$n" -ge 200 ] || fail "only $n allowed ones"
bpflock-ctl unload

# nor the other way round
load --profile restricted --allow dev_mem --coalesce 0 --ring-size 256K
flood 3000 1
expect_later 0 allow
expect_status '.totals.dropped > 1000'
bpflock-ctl unload

# nor do executions
load --profile restricted --coalesce 0 --ring-size 64K --exec-log all
i=0
while [ $i -lt 300 ]; do
	i=$((i + 1))
	/bin/busybox true
done
expect_status '.exec_events.dropped > 0'
expect_later 1 deny
