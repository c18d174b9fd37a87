# timeout: 400
# ends: sealed
# A refusal that is neither Lockdown's nor bpflock's is logged as somebody else's: that of a program of the task's own cgroup, which comes
# before bpflock, and of one on the function itself. Each is logged once, whoever else would have refused.

mkdir -p /sys/fs/cgroup/child
in_child() { in_cgroup /child attack lsm-cgroup /sys/fs/cgroup/child locked_down -1 "$@"; }
refusals() { # OPERATION: who, and how many
	bpflock-log show -o json --op "$1" --decision deny | jq -r 'select(.event != "lost") | .by // "bpflock"' | sort | uniq -c | xargs
}

load --profile privileged --coalesce 0
expect_allowed dev_mem
expect_exit 1 in_child probe dev_mem
expect_record '.by == "other" and .operation == "dev_mem" and .comm == "probe" and .reason == "denied (other)" and .retval == -1'
expect_equal "$(refusals dev_mem)" "1 other" "refusals"
expect_exit 1 attack fmod-ret security_locked_down -1 probe dev_mem
expect_equal "$(refusals dev_mem)" "2 other" "refusals"

row beside-our-own
change set profile=restricted
expect_denied dev_mem
expect_equal "$(refusals dev_mem)" "1 bpflock 2 other" "refusals"
expect_exit 1 in_child probe dev_mem
expect_equal "$(refusals dev_mem)" "1 bpflock 3 other" "refusals"
expect_status '.totals.denied == 1 and .other_events.by_other == 3 and .other_events.by_lockdown == 0'

# proofs are refused by bpflock, and leave no record
row not-the-proofs
change set level=confidentiality
expect_exit 0 bpflock-ctl status
expect_exit 0 bpflock-ctl test
expect_equal "$(refusals bpf_read)" "" "refusals of bpf_read"

# the programs of the set before are gone before those of the next one are there
row over-a-load
flood 100000 2 &
for exec in failed none failed; do
	load --profile restricted --level confidentiality --coalesce 0 --exec-log $exec
done
wait
expect_status '.other_events.by_other == 3 and .totals.denied > 100000'
expect_exit 1 in_child probe dev_mem
expect_equal "$(refusals dev_mem)" "1 bpflock 4 other" "refusals"

row in-a-sealed-set
# a foreign program of a cgroup would refuse the seal
flood 100000 2 &
expect_exit 0 bpflock-ctl seal --yes
wait
expect_status '.other_events.by_other == 4 and .totals.denied > 200000 and .other_events.watched'
