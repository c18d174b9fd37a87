# kernels: any
# ends: sealed
# timeout: 240
# A policy that opens operations when it takes the place of another one says which and by which setting, in the log
# of the load and in status, until the next change of what is denied. One that opens nothing says nothing.
looser='^bpflock: warning: looser than the policy it replaces: '
none='looser: since'

row a-first-load-replaces-nothing
load --profile restricted
expect_no_grep "$looser" "$work/err"
expect_status '.looser == null'
change status
expect_no_grep "$none" "$work/out"

row the-built-in-policy-over-a-stricter-one
expect_denied dev_mem
mv /etc/bpflock/bpflock.conf "$work/"
expect_exit 0 bpflock --dry-run
expect_grep "$looser" "$work/err"
expect_status '.looser == null'
expect_exit 0 bpflock --quiet
# all of them where standard error is no terminal
expect_grep "${looser}opens .*unsigned_module.*dev_mem.*kexec.* to everybody \(profile = privileged, built-in\)\$" "$work/err"
expect_no_grep ' more to everybody' "$work/err"
expect_equal "$(cat "$work/out")" "" "output"
expect_allowed dev_mem
change status
expect_grep ' looser: since [0-9TZ:-]*: opens .* and [0-9]+ more to everybody \(profile = privileged, built-in\)$' "$work/out"
expect_status '.looser | (.host | index("dev_mem")) and .containers == .host and .cgroups == []
	and .sources == {"profile": "built-in"} and (.time | fromdate)'
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_looser_operations [1-9]' "$work/out"
mv "$work/bpflock.conf" /etc/bpflock/

row the-same-again-changes-nothing-of-that
load --profile privileged
expect_no_grep "$looser" "$work/err"
load --profile privileged --log denied --exec-log all
expect_no_grep "$looser" "$work/err"
change grant kexec --host --for 1h
expect_status '.looser.host | index("dev_mem")'

row a-stricter-one-ends-it
load --profile restricted
expect_no_grep "$looser" "$work/err"
expect_status '.looser == null'

row only-what-is-opened-to-the-host
expect_exit 0 bpflock --json --profile baseline
expect_grep "${looser}opens .* to the host \(profile = baseline, --profile\)\$" "$work/err"
expect_json "$work/out" '(.looser.host | index("dev_mem")) and .looser.containers == []
	and .looser.sources.profile == "--profile" and (.opens | length) == 1'
load --profile restricted

row a-terminal-gets-the-first-ones
pty -- bpflock --profile baseline >"$work/seen" || fail "bpflock at a terminal: status $?"
expect_grep 'looser than the policy it replaces: opens .* and [0-9]+ more to the host' "$work/seen"
load --profile restricted

row verbs-record-it-too
change allow kexec
expect_grep 'opens 1 operation to everybody: kexec' "$work/out"
expect_status '.looser.host == ["kexec"] and .looser.sources == {"allow": "bpflock-ctl allow"}'
change set log=none
expect_status '.looser.host == ["kexec"]'
change set allow-=kexec
expect_status '.looser == null'
change cgroup set /looser profile=baseline
expect_status '.looser.host == [] and (.looser.cgroups | index("dev_mem"))'

row a-load-says-it-of-cgroups
mkdir -p "$work/policies"
printf '[kimglock]\nprofile = restricted\n[cgroup "/file"]\nprofile = restricted\nallow = kexec\n' >"$work/policies/cgroup.conf"
expect_exit 0 bpflock --config "$work/policies/cgroup.conf"
expect_grep "${looser}opens kexec in cgroups\$" "$work/err"

row the-end-of-a-trial
printf '[kimglock]\nprofile = restricted\n' >"$work/policies/restricted.conf"
load --profile privileged
change apply --for 1h "$work/policies/restricted.conf"
expect_status '.looser == null and .trial != null'
change apply --revert
expect_grep 'opens ' "$work/out"
expect_status '(.looser.host | index("dev_mem")) and .trial == null'
change apply --for 1s "$work/policies/restricted.conf"
until bpflock-ctl status --json | jq -e .trial.reverted; do
	sleep 0.2
done
expect_status '.looser.host | index("dev_mem")'

row a-seal-keeps-it
load --profile restricted
expect_exit 0 bpflock --profile baseline --block kcore --seal yes
expect_grep "${looser}opens .* to the host" "$work/err"
expect_status '.sealed.proven and (.looser.host | index("dev_mem"))'
