# kernels: any
# timeout: 120
# Each denial that is shown has one command that allows just that, which works, or says why there is none. What was
# read from the log is still shown, and looking takes nothing.
hint() { sed -n 's/^ *hint: //p' "$work/out" | head -n 1; }
# expect_hint COMMAND: of the newest denial; it is run
expect_hint() {
	expect_exit 0 bpflock-ctl denials -n 1
	expect_equal "$(hint)" "$1" "the newest denial's hint"
	eval "expect_exit 0 $(hint)"
}
expect_note() {
	expect_exit 0 bpflock-ctl denials -n 1
	expect_grep "^ *note: $1" "$work/out"
	expect_no_grep 'hint: ' "$work/out"
}
unread() { bpflock-log show -o json 2>/dev/null | wc -l; }

row none
expect_exit 3 bpflock-ctl denials
load --profile restricted
expect_exit 0 bpflock-ctl denials
expect_grep '^no denials since bpflock was loaded, [0-9-]{10} [0-9:]{8}$' "$work/out"
expect_exit 0 bpflock-ctl denials --json
expect_json "$work/out" '.denials == [] and .missing == 0 and .older == 0 and (.loaded | endswith("Z"))'
expect_exit 2 bpflock-ctl denials -n many
expect_exit 2 bpflock-ctl denials 5
expect_status '.last_denials == []'

row cgroup
expect_denied in_cgroup /by/hand dev_mem
before=$(unread)
expect_hint "bpflock-ctl grant dev_mem --cgroup /by/hand --for 1h"
expect_allowed in_cgroup /by/hand dev_mem
expect_denied dev_mem
expect_exit 0 bpflock-ctl denials
expect_grep '^[0-9:]{8} DENY  dev_mem probe\[[0-9]+\] uid=0$' "$work/out"
expect_grep '^ *cgroup: /by/hand$' "$work/out"
expect_grep '^ *because: profile is restricted \((the policy has changed since|--profile, [0-9TZ:-]+)\)' "$work/out"
expect_grep 'note: the active policy allows it now: allow \(grant\)' "$work/out"
[ "$(unread)" -ge "$before" ] || fail "looking has taken records"
ok "looking has taken nothing"

row host
expect_denied in_cgroup / msr
expect_hint "bpflock-ctl grant msr --host --for 1h"
expect_allowed in_cgroup / msr

row container
id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
expect_denied in_cgroup /docker/$id/inner kexec
expect_hint "bpflock-ctl grant kexec --cgroup /docker/$id --for 1h"
expect_allowed in_cgroup /docker/$id/inner kexec

row names
expect_exit 1 in_cgroup '/two words; reboot' probe debugfs
expect_hint "bpflock-ctl grant debugfs --cgroup '/two words; reboot' --for 1h"
expect_exit 0 in_cgroup '/two words; reboot' probe debugfs
expect_exit 1 in_cgroup "/it's" probe debugfs
expect_note 'the cgroup.s name cannot be written safely'

row rule-set
change cgroup set /inner profile=restricted block=hibernation
expect_denied in_cgroup /inner hibernation
expect_exit 0 bpflock-ctl denials -n 1
expect_grep 'because: it is in the list block in the rule set of /inner \(' "$work/out"
expect_exit 0 bpflock-ctl denials -n 1 --json
expect_json "$work/out" '.denials[0] | .operation == "hibernation" and .decision == "deny" and .why == "block"
	and .rule_set == "/inner" and .cgroup == "/inner" and .unit == null and .uid == 0 and .comm == "probe"
	and .allow == "bpflock-ctl grant hibernation --cgroup /inner --for 1h" and .note == null and (.source | length > 0)'

row counts
flood_of() { for _ in 1 2 3 4 5; do expect_denied in_cgroup /again ioport; done; }
! on_arm || flood_of() { for _ in 1 2 3 4 5; do expect_denied in_cgroup /again hibernation; done; }
flood_of
expect_exit 0 bpflock-ctl denials -n 1
expect_grep 'DENY .* probe\[[0-9]+\] uid=0, 5 times since [0-9:]{8}$' "$work/out"
expect_exit 0 bpflock-ctl denials --lines 2
expect_equal "$(grep -c '^[0-9:]* DENY' "$work/out")" 2 "denials shown"
expect_grep 'older ones are not shown: bpflock-ctl denials --lines 0$' "$work/out"
bpflock-ctl denials -n 0 >"$work/all"
expect_no_grep 'older ones' "$work/all"
expect_no_grep 'counted without' "$work/all"
expect_exit 0 bpflock-ctl status
expect_grep '^last denials: [0-9:]{8} DENY .*, 5 times$' "$work/out"
expect_status '.last_denials | length == 3 and .[0].count == 5 and (.[0] | has("allow") | not)'

row drained
bpflock-log drain -o json >"$work/drained" 2>/dev/null &
drain=$!
until_true grep -q '"hibernation"' "$work/drained"
nothing_unread() { [ "$(unread)" -eq 0 ]; }
until_true nothing_unread
bpflock-ctl denials -n 0 >"$work/after"
expect_equal "$(grep DENY "$work/after")" "$(grep DENY "$work/all")" "denials, once they were drained"
kill $drain
wait $drain || :

row audit
change set mode=audit
expect_allowed in_cgroup /tried kexec
expect_exit 0 bpflock-ctl denials -n 1
expect_grep '^[0-9:]{8} audit kexec probe' "$work/out"
expect_hint "bpflock-ctl grant kexec --cgroup /tried --for 1h"
change set mode=enforce
expect_allowed in_cgroup /tried kexec

row latch
change latch pci_access
expect_denied in_cgroup /latched pci_access
expect_note 'it is latched until unloaded'
expect_exit 0 bpflock-ctl denials -n 1
expect_grep 'because: it is latched, for everybody \(' "$work/out"

row missing
change set log=none
expect_denied in_cgroup /unlogged dev_mem
expect_exit 0 bpflock-ctl denials
expect_grep '^counted without a record here or in the journal: 1$' "$work/out"
expect_exit 0 bpflock-ctl denials --json
expect_json "$work/out" '.missing == 1'
change set log=denied

row written-over
# more than the ring holds: what each process was denied last is remembered beside it
bpflock-ctl unload
load --profile restricted --allow msr --log all --ring-size 64K --coalesce 1h
expect_denied in_cgroup /early dev_mem
change set coalesce=0
bpflock-log drain -o json >"$work/drained" 2>/dev/null &
drain=$!
written_over() {
	probe --hammer msr 0.5 2000 >/dev/null
	[ "$(grep -c '"operation":"msr"' "$work/drained")" -gt 400 ]
}
until_true written_over
expect_exit 0 bpflock-ctl denials -n 0
expect_grep 'cgroup: /early' "$work/out"
kill $drain
wait $drain || :
