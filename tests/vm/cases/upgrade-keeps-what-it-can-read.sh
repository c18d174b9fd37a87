# kernels: any
# timeout: 180
# Another build with the same pin format: other programs take over without a gap, and counters, records,
# cgroup rules, grants and the numbers of generations go on.

decisions() { bpflock-ctl status --json | jq '[.operations[] | select(.name == "msr") | .allowed, .denied] | add'; }

load --profile restricted
change cgroup set /x profile=privileged
change grant msr --host --for 1h --comment upgrade
start_task asker in_cgroup /x
expect_allowed msr
before=$(decisions)
[ "$before" -gt 0 ] || fail "nothing was counted"
records
jq -s '[.[] | select(.event != "lost") | .seq] | max' "$work/records" >"$work/seq"
hook() { bpflock-ctl status --json | jq '.programs[] | select(.name == "locked_down").id'; }
old_hook=$(hook)
taskset 2 probe --hammer dev_mem 1000 1000 >"$work/hammer" &
hammer=$!
generation=3
for there in /vm/other-build/ ""; do
	expect_exit 0 "${there}bpflock" --profile restricted
	expect_grep '^bpflock: replaced: ' "$work/out"
	expect_no_grep 'lost' "$work/err"
	generation=$((generation + 1))
	for tools in /vm/other-build/ ""; do
		expect_exit 0 "${tools}bpflock-ctl" status --json
		expect_json "$work/out" ".enforcing and .dropped == null and .generation == $generation
			and (.build == \"other-build\") == (\"$there\" != \"\")
			and .cgroups[0].path == \"/x\" and .grants[0].comment == \"upgrade\""
	done
	[ "$(hook)" -ne "$old_hook" ] || fail "the hook's program has stayed"
	[ "$(decisions)" -ge "$before" ] || fail "counters begin anew: $(decisions), $before before"
	records
	[ "$(jq -s '[.[].seq] | max' "$work/records")" -gt "$(cat "$work/seq")" ] || fail "numbers begin anew"
	expect_allowed msr
	expect_denied ioport
	ask asker 'probe ioport 2>/dev/null'
	expect_equal "$answer" 0 "in /x, ioport: the answer"
done
kill -TERM $hammer
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
