# boot: lockdown=integrity
# Kernel Lockdown refuses before bpflock is called: each exception that does not hold for it is named by check, diff,
# explain, doctor, the loader and whoever gives it, with what would make it hold. Where there is no Lockdown they
# say nothing: exceptions-hold-without-lockdown.

cure='reboot without lockdown= on the kernel command line'
cat >"$work/policy" <<-'EOT'
	[kimglock]
	profile = restricted
	level = confidentiality
	allow = hibernation, kcore
	[cgroup "/loose"]
	profile = privileged
EOT
named() { # FILE [EXTRA]: both exceptions, and no other
	expect_grep 'policy:4: allow does not hold for hibernation: kernel Lockdown .integrity. refuses' "$1"
	expect_grep 'cgroup "/loose".*profile = privileged does not hold for [0-9]+ operations' "$1"
	expect_grep "to make them hold, $cure" "$1"
	expect_no_grep 'kcore' "$1"
}

# also where securityfs is not mounted, as here
expect_exit 0 bpflock-ctl check "$work/policy"
named "$work/err"
load --config "$work/policy"
named "$work/err"
expect_denied hibernation
expect_allowed kcore

expect_exit 0 bpflock-ctl diff "$work/policy"
named "$work/err"

expect_exit 0 bpflock-ctl explain hibernation
expect_grep 'decision: deny, by kernel Lockdown' "$work/out"
expect_grep "to make it hold, $cure" "$work/out"
expect_exit 0 bpflock-ctl explain hibernation --json
expect_json "$work/out" ".decision == \"deny\" and .overruled == true and .why == \"allow\" and .cure == \"$cure\"
	and ([.chain[] | select(.decides) | .step] == [\"lockdown\"]) and ([.chain[] | select(.reached) | .step] == [\"lockdown\"])"
# what the policy denies too is no exception, and what Lockdown leaves alone holds
expect_exit 0 bpflock-ctl explain dev_mem --json
expect_json "$work/out" '.decision == "deny" and .overruled == false and .cure == null and .kernel_lockdown_denies == true'
expect_exit 0 bpflock-ctl explain kcore --json
expect_json "$work/out" '.decision == "allow" and .overruled == false'

expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" ".checks[] | select(.name == \"exceptions\") | .state == \"note\" and (.detail | test(\"hibernation.*and 1 more\")) and (.cure | test(\"$cure\"))"

expect_exit 0 bpflock-ctl grant msr,kcore --host --for 1h
expect_grep '/: grant 1 does not hold for msr: kernel Lockdown' "$work/err"
expect_denied msr
expect_exit 0 bpflock-ctl set mode=audit
expect_grep 'mode = audit does not hold for [0-9]+ operations' "$work/err"
expect_denied dev_mem

# without an exception there is nothing to say
expect_exit 0 bpflock --profile restricted
expect_exit 0 bpflock-ctl revoke --all
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" '.checks[] | select(.name == "exceptions") | .state == "ok"'

# an exception from the catalogue is one like any
printf '[kimglock]\npreset = server\nexceptions = hibernate\n' >"$work/named"
expect_exit 0 bpflock-ctl check "$work/named"
expect_grep 'exceptions/hibernate.conf:[0-9]+: .cgroup "/system.slice/systemd-hibernate.service".* allow does not hold for hibernation: kernel Lockdown' "$work/err"
expect_grep "to make them hold, $cure" "$work/err"
