# kernels: any
# root: systemd
# timeout: 300
# Words that other tools have, verbs given to the wrong program, and names of older versions. Each command that is pointed
# to is run. (tests/output/cures looks that none of policy/cli/pointers.c is left out.)
before_boot() {
	mkdir -p /etc/bpflock
	printf '[host]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
	systemctl mask bpflock-log.service
}

# points PROGRAM WORD COMMAND: the word is refused with that command, which works.
points() {
	expect_exit 2 "$1" "$2"
	expect_equal "$(sed -n 's/^bpflock[a-z-]*: hint: //p' "$work/err")" "$3" "the command for $1 $2"
	expect_exit 0 sh -c "$3"
}

row of-the-service
points bpflock-ctl start 'systemctl start bpflock'
expect_status '.profile == "restricted"'
points bpflock-ctl enable 'systemctl enable bpflock'
points bpflock-ctl disable 'systemctl disable bpflock'
points bpflock-ctl restart 'bpflock-ctl reload'
points bpflock reload 'bpflock-ctl reload'
for word in stop remove; do
	points bpflock-ctl $word 'bpflock-ctl unload'
	points bpflock-ctl load 'bpflock'
done
points bpflock unload 'bpflock-ctl unload'
expect_exit 0 bpflock
ok "a command for each word of a service"

row of-policies
points bpflock-ctl lock 'bpflock-ctl set profile=restricted'
points bpflock-ctl unlock 'bpflock-ctl set mode=audit'
points bpflock-ctl enforce 'bpflock-ctl set mode=enforce'
points bpflock-ctl audit 'bpflock-ctl set mode=audit'
expect_exit 0 bpflock-ctl reset
points bpflock-ctl deny 'bpflock-ctl block --help'
points bpflock-ctl permit 'bpflock-ctl allow --help'
points bpflock-ctl show 'bpflock-ctl policy'
points bpflock-ctl rules 'bpflock-ctl tree'
points bpflock-ctl config 'bpflock-ctl cat-config'
points bpflock-ctl list 'bpflock-ctl operations'
for word in presets exceptions; do points bpflock-ctl $word 'bpflock-ctl preset list'; done
for word in lint validate; do points bpflock-ctl $word 'bpflock-ctl check'; done
points bpflock-ctl info 'bpflock-ctl status'
points bpflock-ctl version 'bpflock-ctl --version'
for word in log logs; do points bpflock-ctl $word 'bpflock-log show'; done
ok "a command for each word of a policy"

row given-to-the-wrong-program
for program in bpflock bpflock-log; do
	points $program status 'bpflock-ctl status'
	points $program denials 'bpflock-ctl denials'
	points $program operations 'bpflock-ctl operations'
	points $program policy 'bpflock-ctl policy'
	points $program check 'bpflock-ctl check'
	points $program verify 'bpflock-ctl test'
	points $program test 'bpflock-ctl test'
	points $program doctor 'bpflock-ctl doctor'
done
expect_exit 0 bpflock-ctl
expect_grep restricted "$work/out"
ok "verbs lead to bpflock-ctl, which shows the status without one"

row help-everywhere
for program in bpflock bpflock-ctl bpflock-log; do
	for word in help -h --help '-?'; do
		expect_exit 0 $program $word
		expect_grep '^Usage: bpflock' "$work/out"
		[ ! -s "$work/err" ] || fail "$program $word: $(cat "$work/err")"
	done
	expect_exit 0 $program -V
	expect_equal "$(cat "$work/out")" "$($program --version)" "the version"
done
expect_exit 0 bpflock-ctl help cgroup set
expect_grep '^Usage: bpflock-ctl cgroup set ' "$work/out"
expect_exit 0 bpflock-ctl cgroup set -h
expect_grep '^Usage: bpflock-ctl cgroup set ' "$work/out"
expect_exit 0 bpflock-log help follow
ok "each program and verb explains itself"

# old STATUS WARNING COMMAND...: an old name still works, with one warning.
old() {
	status=$1 warning=$2
	shift 2
	expect_exit "$status" "$@"
	expect_equal "$(cat "$work/err")" "$warning" "the warning of $*"
}
row old-names
old 0 'bpflock-ctl: warning: the verb "verify" is old: use "test"' bpflock-ctl verify
old 0 'bpflock: warning: the option --exec-snoop is old: use --exec-log' bpflock --dry-run --exec-snoop all
old 0 'bpflock-ctl: warning: the option --reason is old: use --comment' \
	bpflock-ctl grant msr --host --for 1h --reason why
old 0 "bpflock-ctl: warning: the option --output is old: use bugreport FILE" bpflock-ctl bugreport --output "$work/report"
[ -s "$work/report" ] || fail "no report"
expect_exit 0 bpflock-log show -q -o json --fields note,action
expect_grep '^bpflock-log: warning: --fields: the field "note" is old: use "comment"$' "$work/err"
expect_json "$work/out" '. == {comment: "why", action: "given"}'
old 0 '' bpflock-ctl show operations
old 0 '' bpflock-ctl show policy
load --profile baseline
printf '[kimglock]\nprofile = baseline\n[execsnoop]\ntrace = failed\n' >"$work/file"
old 0 '' bpflock --config "$work/file"
expect_status '.exec_log == "failed" and .profile == "baseline" and .sources.exec_log == "'"$work"'/file:4"'
old 0 '' env BPFLOCK_EXEC_SNOOP=all bpflock --config "$work/file"
expect_status '.exec_log == "all"'
ok "old names are accepted with a warning, those of the original without"

row reload
printf '[host]\nprofile = restricted\nallow = msr\n' >/etc/bpflock/bpflock.conf
expect_exit 0 bpflock-ctl reload --dry-run --json
expect_json "$work/out" '.result == "replaced" and .dry_run and .profile == "restricted"'
expect_exit 0 bpflock-ctl reload --dry-run --color=always
expect_grep "$(printf '\033\\[')" "$work/out"
expect_status '.profile == "baseline"'
change cgroup set /x profile=privileged
expect_exit 0 bpflock-ctl reload -q
expect_equal "$(cat "$work/out")" '' "the output with -q"
expect_status '.profile == "restricted" and .allow == ["msr"] and .exec_log == "none" and (.cgroups | length) == 1'
printf '[host]\nprofile = restrcted\n' >/etc/bpflock/bpflock.conf
expect_exit 2 bpflock-ctl reload
expect_grep 'did you mean "restricted"' "$work/err"
expect_status '.profile == "restricted" and .refused.error != null'
expect_exit 0 bpflock-ctl unload
expect_exit 3 bpflock-ctl reload
ok "reload loads the files again, and only where something is loaded"
