# kernels: any
# timeout: 240
# What each unit and cgroup uses under a policy that only logs is what it may use under the policy that is suggested by
# unit; nobody else may, and the host's later changes reach them.

# as what stands for units: their names and owners are what counts, and they are root's
service=/system.slice/backup.service
session=/user.slice/user-1000.slice/session-3.scope
next_session=/user.slice/user-1000.slice/session-4.scope
theirs=/system.slice/theirs.service

suggest() {
	bpflock-ctl suggest --by-unit >"$work/policy" || fail "bpflock-ctl suggest --by-unit: status $?"
	cat "$work/policy"
}

row each-section-has-what-its-unit-used
load --profile privileged --coalesce 0
mkdir -p /sys/fs/cgroup$service /sys/fs/cgroup$theirs/fake.service
chown 1000 /sys/fs/cgroup$theirs /sys/fs/cgroup$theirs/fake.service
expect_allowed in_cgroup $service -- dev_mem
expect_allowed in_cgroup $service/below -- dev_mem
expect_allowed in_cgroup $session -- msr
expect_allowed in_cgroup $theirs/fake.service -- ioport
expect_allowed in_cgroup /x/child -- kexec
expect_allowed in_cgroup / -- tracefs
expect_allowed in_cgroup /gone -- hibernation
rmdir /sys/fs/cgroup/gone
suggest
cp "$work/policy" "$work/first"
suggest
expect_exit 0 cmp "$work/first" "$work/policy"
expect_equal "$(grep -c '^\[cgroup' "$work/policy")" 4 "sections"
expect_grep '^# The unit is unknown, therefore no section allows it: hibernation$' "$work/policy"
expect_grep '^#   1 allowed: probe,.* uid 0, since 20.*Z, cgroup [0-9]*, which is gone$' "$work/policy"
expect_grep '^#   1 allowed: probe,.* uid 0, since 20.*Z, cgroup /system.slice/backup.service/below$' "$work/policy"
expect_grep '^# user-1000.slice; the cgroup below has another name each time' "$work/policy"
expect_grep '^# child; in no unit$' "$work/policy"
expect_exit 0 sh -c 'bpflock-ctl suggest --by-unit | bpflock-ctl check --stdin'
expect_equal "$(cat "$work/err")" "" "errors"
bpflock-ctl suggest --by-unit --json >"$work/suggestion"
expect_json "$work/suggestion" '.by_unit and .unfiled == ["hibernation"] and .policy.allow == ["tracefs"]
	and .policy.profile == "restricted"'
expect_json "$work/suggestion" '[.policy.cgroups[] | [.path, .like, .own.allow[0]]] == [
	["/system.slice/backup.service", "host", "dev_mem"], ["/system.slice/theirs.service", "host", "ioport"],
	["/user.slice/user-1000.slice", "host", "msr"], ["/x/child", "host", "kexec"]]'
expect_json "$work/suggestion" 'any(.uses[]; .operation == "dev_mem" and .rule_set == "/system.slice/backup.service"
	and (.since | test("^20.*Z$")))'
expect_no_grep '"added"' "$work/policy"

row applied-each-may-do-its-own
expect_exit 0 sh -c 'bpflock-ctl suggest --by-unit | bpflock-ctl apply --stdin'
expect_status '.profile == "restricted" and (.cgroups | length == 4)'
expect_allowed in_cgroup $service -- dev_mem
expect_allowed in_cgroup $service/below -- dev_mem
expect_allowed in_cgroup $session -- msr
expect_allowed in_cgroup $next_session -- msr
expect_allowed in_cgroup $theirs/fake.service -- ioport
expect_allowed in_cgroup /x/child -- kexec
# the level of the host leaves tracefs out, and so for all
expect_allowed in_cgroup / -- tracefs

row and-nothing-else
expect_denied in_cgroup $service -- msr
expect_denied in_cgroup $session -- dev_mem
expect_denied in_cgroup $theirs/fake.service -- dev_mem
expect_denied in_cgroup /x/child -- ioport
expect_denied in_cgroup /x -- kexec
expect_denied in_cgroup /gone -- hibernation
for op in dev_mem msr ioport kexec hibernation; do
	expect_denied $op
done
# enforced, it suggests itself again
expect_exit 0 sh -c 'bpflock-ctl suggest --by-unit | bpflock-ctl apply --stdin'
expect_grep '^bpflock-ctl: unchanged, ' "$work/out"

# One that asks all the time is refused from the next answer on; without "like = host" it is not.
row a-block-of-the-host-is-followed-at-once
change set level=confidentiality
change allow kcore
change cgroup set /whole profile=privileged
expect_allowed in_cgroup $service -- kcore
expect_allowed in_cgroup /whole -- kcore
in_cgroup $service nice -n 19 probe --hammer kcore 600 1000 >"$work/hammer" &
hammer=$!
until_true grep -q 'allowed for the first time' "$work/hammer"
change block kcore
expect_denied in_cgroup $service -- kcore
expect_denied in_cgroup /x/child -- kcore
expect_allowed in_cgroup /whole -- kcore
before=$(bpflock-ctl status --json | jq '.operations[] | select(.name == "kcore") | .allowed')
sleep 1
after=$(bpflock-ctl status --json | jq '.operations[] | select(.name == "kcore") | .allowed')
expect_equal "$after" "$before" "what was allowed since"
kill -TERM "$(pidof probe)"
wait $hammer
expect_grep 'denied=[1-9]' "$work/hammer"
expect_allowed in_cgroup $service -- dev_mem

# The same after an audit of what is restricted, beside rule sets that there are.
row from-audit-beside-rule-sets-of-its-own
change apply --stdin <<'END'
[kimglock]
profile = restricted
mode = audit
block = hibernation
[cgroup "/own"]
profile = restricted
mode = audit
END
expect_allowed in_cgroup /own -- ioport
expect_allowed in_cgroup $service -- kexec
expect_allowed in_cgroup $service -- hibernation
suggest
expect_grep '^# own; had a rule set before$' "$work/policy"
expect_exit 0 bpflock-ctl apply "$work/policy"
expect_allowed in_cgroup /own -- ioport
expect_allowed in_cgroup $service -- kexec
expect_denied in_cgroup $service -- hibernation
expect_denied in_cgroup $service -- ioport
expect_denied in_cgroup /own -- kexec
expect_denied ioport
