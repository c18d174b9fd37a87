# timeout: 400
# bpflock-ctl is killed at, or refused, one bpf(2) call after the other of those that change anything. The
# policy is the old one or the new one, which both deny and have nothing else in common, and the next
# change needs no help.

old() { printf '[kimglock]\nprofile = restricted\n[cgroup "/x"]\nprofile = privileged\nblock = dev_mem\n'; }
new() {
	printf '[kimglock]\nprofile = privileged\nblock = dev_mem\n'
	printf '[cgroup "/x"]\nprofile = restricted\n[cgroup "/y"]\nprofile = privileged\n'
}
policy() { bpflock-ctl show policy --json | jq -c 'del(.generation, .sources, .cgroups[].source)'; }
count_maps() { bpftool -j map show | jq length; }
as_before() { [ "$(count_maps)" -eq "$maps" ]; }

old >"$work/old"
new >"$work/new"
load --config "$work/new"
new_policy=$(policy)
change apply "$work/old"
old_policy=$(policy)
start_task asker in_cgroup /x
strace -qq -o "$work/calls" -e trace=bpf bpflock-ctl apply --for 1h "$work/new" >/dev/null
calls=$(wc -l <"$work/calls")
first=$(grep -n -m 1 'BPF_MAP_CREATE\|BPF_MAP_DELETE' "$work/calls" | sed 's/:.*//')
change apply "$work/old"
maps=$(count_maps)

killed=0 failed=0 needed=0 number=$first
interrupted() { # INJECTION
	status=0
	strace -qq -o "$work/trace" -e trace=bpf -e "inject=bpf:$1:when=$number" \
		bpflock-ctl apply "$work/new" >"$work/out" 2>"$work/err" || status=$?
	probe dev_mem 2>/dev/null && fail "dev_mem is allowed after $1 at call $number"
	ask asker 'probe dev_mem 2>/dev/null'
	expect_equal "$answer" 1 "in /x, after $1 at call $number: the answer"
	now=$(policy)
	[ "$now" = "$old_policy" ] || [ "$now" = "$new_policy" ] || fail "neither policy after $1 at call $number: $now"
	case $status in
	0) [ "$now" = "$new_policy" ] || fail "the old policy after success" ;;
	137) killed=$((killed + 1)) ;;
	1 | 4 | 6)
		failed=$((failed + 1))
		[ -s "$work/err" ] || fail "$1 at call $number: exit status $status without a word"
		;;
	*) fail "$1 at call $number: exit status $status: $(cat "$work/err")" ;;
	esac
	# without one of these there is no new policy, so that has to be told
	if grep -q 'BPF_MAP_\(CREATE\|UPDATE\|FREEZE\).*INJECTED' "$work/trace"; then
		[ $status -ne 0 ] || fail "$1 at call $number: success without $(grep INJECTED "$work/trace")"
		[ "$now" = "$old_policy" ] || fail "$1 at call $number: a new policy without $(grep INJECTED "$work/trace")"
		needed=$((needed + 1))
	fi
	bpflock-ctl apply "$work/old" >/dev/null || fail "no way back after $1 at call $number"
}
while [ "$number" -le "$calls" ]; do
	interrupted signal=KILL
	number=$((number + 3))
done
number=$((first + 1))
while [ "$number" -le "$calls" ]; do
	interrupted error=ENOMEM
	number=$((number + 2))
done
[ $killed -ge 8 ] || fail "only $killed of them were killed"
[ $failed -ge 3 ] || fail "only $failed of them failed"
[ $needed -ge 3 ] || fail "only $needed of them were needed"
until_true as_before
expect_equal "$(policy)" "$old_policy" "the policy after all"
expect_status '.status == 0'
