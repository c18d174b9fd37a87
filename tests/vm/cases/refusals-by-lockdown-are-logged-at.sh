# each: integrity confidentiality
# boot: lockdown=% logged-refusals
# timeout: 300
# Where kernel Lockdown refuses, bpflock logs who it was, without any policy of its own: as often as the kernel's own
# lines say, by the same commands, about the same operations. Its own refusals are in the log once, and are its own.

# The kernel writes ten lines in five seconds, and says later how many more there were.
pause() { sleep 2; }
suppressed() { awk '/lockdown_is_locked_down: [0-9]+ callbacks suppressed/ { n += $(NF - 2) } END { print n + 0 }' "$work/dmesg"; }
lines_more() { awk 'NR == FNR { n[$0]++; next } n[$0]-- <= 0' "$1" "$2"; } # those of the second file that the first has less often

kernel_lines() { # those since the last call, sorted
	dmesg -c >"$work/dmesg"
	sed -n 's/.*Lockdown: \(.*\) is restricted; see man kernel_lockdown.7$/\1/p' "$work/dmesg" | sort
}

row as-the-kernel-says
bind_pcmcia
load --profile privileged --coalesce 0
# the kernel says how many lines of a load it suppressed once it writes the next one
sleep 5
probe dev_mem 2>/dev/null || :
expect_exit 0 bpflock-log show -o json --by lockdown
earlier=$(wc -l <"$work/out")
kernel_lines >"$work/before"
sleep 5
for operation in $(probe --list | awk '{ print $1 }'); do
	probe "$operation" >/dev/null 2>&1 || :
	pause
done
sleep 5
probe dev_mem 2>/dev/null || :
kernel_lines >"$work/kernel"
expect_exit 0 bpflock-log show -o json --by lockdown
jq -s . "$work/out" >"$work/all"
total=$(wc -l <"$work/out")
tail -n "+$((earlier + 1))" "$work/out" >"$work/records"
expect_json "$work/all" 'all(.[]; .event == "lsm_locked_down" and .decision == "deny" and .retval == -1 and .count == 1
	and .reason == "denied (lockdown)" and (has("why") or has("profile") | not))'
jq -r '.comm + ": " + .description' "$work/records" | sort >"$work/logged"
expect_equal "$(lines_more "$work/logged" "$work/kernel")" "" "those that the kernel alone has"
expect_equal "$(lines_more "$work/kernel" "$work/logged" | wc -l)" "$(suppressed)" "those that the kernel only counted"
[ "$(wc -l <"$work/kernel")" -ge 12 ] || fail "so few were refused: $(wc -l <"$work/kernel")"
ok "$(wc -l <"$work/kernel") lines are the same"
expect_exit 0 bpflock-log show -o json --by other
expect_equal "$(cat "$work/out")" "" "by others"
expect_record '.operation == "unsigned_module" and .by == "lockdown" and .module == "/vm/modules/unsigned.ko"'
# it has decided nothing but to allow
expect_exit 0 bpflock-log show -o json --by bpflock --decision deny,audit
expect_equal "$(cat "$work/out")" "" "denied by bpflock"

row counted-apart
expect_status ".other_events | .watched and .refused == $total and .by_other == 0 and .missed == 0
	and .refused == .emitted + .coalesced + .dropped + .unlogged"
expect_json "$work/status" '.totals | .denied == 0 and .decisions == .emitted + .coalesced + .dropped + .unlogged'
expect_json "$work/status" '[.operations[].refused_by_lockdown] | add == '"$total"
expect_exit 0 bpflock-ctl status
expect_grep "^ *others: $total refused by kernel Lockdown, 0 by something else$" "$work/out"
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_refused_by_others_total.operation="dev_mem",by="lockdown". [1-9]' "$work/out"
expect_exit 0 bpflock-log show -o short --by lockdown --op dev_mem
expect_grep 'DENY +dev_mem .*denied .lockdown.' "$work/out"
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" '.checks[] | select(.name == "others") | .state == "ok"'

row shown-with-what-would-end-it
expect_exit 0 bpflock-ctl denials -n 1
expect_grep '^ *because: kernel Lockdown refused it$' "$work/out"
expect_grep '^ *note: kernel Lockdown refuses it, and no policy can change that; to end that, .' "$work/out"
expect_no_grep 'hint: ' "$work/out"
expect_exit 0 bpflock-ctl denials -n 0 --json
expect_json "$work/out" '.missing == 0 and (.denials | length >= 10 and all(.by == "lockdown" and .why == null and .allow == null))'
expect_status '.last_denials | length == 3 and all(.by == "lockdown")'

row both-refuse
change set profile=restricted level=confidentiality
expect_denied dev_mem
expect_denied kcore
records
for operation in dev_mem kcore; do
	jq -c "select(.operation == \"$operation\" and .generation == 2 and .decision == \"deny\") | .by // \"bpflock\"" \
		"$work/records" | sort | uniq -c >"$work/by"
	cat "$work/by"
	if [ $operation = kcore ] && [ "$each" = integrity ]; then
		expect_grep '^ +1 "bpflock"$' "$work/by"
	else
		expect_grep '^ +[1-9] "lockdown"$' "$work/by"
	fi
	expect_equal "$(wc -l <"$work/by")" 1 "who refused $operation"
done

row unless-it-is-switched-off
load --profile privileged --log-others no
expect_denied dev_mem
expect_no_record '.by == "lockdown" and .generation == 3'
expect_status '.other_events.watched | not'
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" '.checks[] | select(.name == "others") | .state == "skipped"'
load --profile privileged --log-others yes
expect_denied dev_mem
expect_record '.by == "lockdown" and .generation == 4 and .operation == "dev_mem"'
expect_exit 2 bpflock-ctl set log-others=no
