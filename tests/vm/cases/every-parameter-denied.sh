# timeout: 240
# Each operation that a stock amd64 kernel can be brought to, by its real trigger.

bind_pcmcia
operations=$(probe --list | awk '{ print $1 }')
for operation in $operations; do
	expect_allowed "$operation"
done
load --profile privileged --block "$(echo "$operations" | paste -s -d ,)"
for operation in $operations; do
	expect_denied "$operation"
	expect_record ".operation == \"$operation\" and .decision == \"deny\" and .retval == -1
		and .reason == \"denied (block)\""
done
for operation in $operations; do
	expect_status "any(.operations[]; .name == \"$operation\" and .decision == \"deny\" and .denied > 0)"
done

# bpf_read is what a loader with probe_read helpers would need to come back.
load --profile privileged
expect_exit 0 bpflock-ctl test
for operation in $operations; do
	expect_allowed "$operation"
done
