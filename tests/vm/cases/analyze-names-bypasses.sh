# kernels: any
# What is denied and can be had all the same, of the policy in force and of a file.

analyze() {
	bpflock-ctl analyze --json >"$work/analysis" || fail "bpflock-ctl analyze: exit status $?"
}

bypassed_through() {
	analyze
	expect_json "$work/analysis" "any(.operations[]; .name == \"$1\" and .bypassed_through == $2)"
}

exposure() {
	analyze
	expect_json "$work/analysis" ".exposure == $1 and .exposure_word == $2"
}

expect_exit 3 bpflock-ctl analyze
load --profile restricted --allow kexec
bypassed_through dev_mem '{host: ["kexec"], elsewhere: ["kexec"]}'
bypassed_through kexec '{host: [], elsewhere: []}'
bypassed_through xmon_wr '{host: [], elsewhere: []}'
expect_json "$work/analysis" 'any(.operations[]; .name == "xmon_wr" and (.applicable | not))'
exposure '{host: 10, elsewhere: 10}' '{host: "UNSAFE", elsewhere: "UNSAFE"}'
expect_exit 0 bpflock-ctl analyze
expect_equal "$(head -n 1 "$work/out")" "Exposure of host tasks: 10.0 UNSAFE" "the first line"
expect_grep '^Close next: bpflock-ctl set allow-=kexec [(]host tasks: 10.0 -> 5.7, elsewhere: 10.0 -> 5.7[)]$' "$work/out"
expect_equal "$(sed -n '/^OPEN/,/^$/p' "$work/out" | sed '1d;$d' | awk '{ print $2 }')" \
	"$(sed -n '/^OPEN/,/^$/p' "$work/out" | sed '1d;$d' | awk '{ print $2 }' | sort -rn)" "the order of weights"
expect_grep '^dev_mem +9.9 +deny +kexec$' "$work/out"
expect_grep '^kexec +10.0 +all +starts another kernel' "$work/out"
expect_exit 0 bpflock-ctl analyze --threshold 100
expect_exit 1 bpflock-ctl analyze --threshold 99
expect_grep 'exposure of host tasks is 10.0 .UNSAFE., above 9.9' "$work/err"
expect_exit 2 bpflock-ctl analyze --threshold 101
expect_exit 2 bpflock-ctl analyze --threshold five

# The setting that was named does that.
change set allow-=kexec
exposure '{host: 5.7, elsewhere: 5.7}' '{host: "MEDIUM", elsewhere: "MEDIUM"}'
bypassed_through dev_mem '{host: [], elsewhere: []}'
change set level=confidentiality allow=tracefs
bypassed_through kcore '{host: ["tracefs"], elsewhere: ["tracefs"]}'
change set allow=
exposure '{host: 0, elsewhere: 0}' '{host: "SAFE", elsewhere: "SAFE"}'
expect_exit 0 bpflock-ctl analyze --threshold 0

# The host's own tasks are one thing, those elsewhere another.
change set profile=baseline
exposure '{host: 10, elsewhere: 0}' '{host: "UNSAFE", elsewhere: "SAFE"}'
expect_json "$work/analysis" 'any(.operations[]; .name == "dev_mem" and .decision == "host-only")'
change set mode=audit
expect_exit 0 bpflock-ctl analyze
expect_grep '^Close next: bpflock-ctl set ' "$work/out"
exposure '{host: 10, elsewhere: 10}' '{host: "UNSAFE", elsewhere: "UNSAFE"}'
expect_json "$work/analysis" .audit
expect_exit 0 bpflock-ctl analyze
expect_grep 'mode is audit' "$work/out"

# A rule set or a grant that is worse than the host's rule set.
change set profile=restricted mode=enforce
change cgroup set /x profile=restricted level=confidentiality allow=perf
change cgroup set /y profile=restricted level=confidentiality
change grant dev_mem --for 1h --cgroup /z
analyze
expect_json "$work/analysis" '(.rule_sets | map({(.path): .exposure.host}) | add) == {"/": 0, "/x": 2, "/y": 0, "/z": 9.9}'
expect_exit 0 bpflock-ctl analyze
expect_grep '^/x +2.0 OK +2.0 OK +perf$' "$work/out"
expect_no_grep '^/y ' "$work/out"
expect_exit 1 bpflock-ctl analyze --threshold 20
expect_grep 'of /z is 9.9' "$work/err"
change revoke --all
expect_exit 0 bpflock-ctl analyze --threshold 20

# A file, by anybody, with nothing loaded.
expect_exit 0 bpflock-ctl unload
printf '[kimglock]\nprofile = restricted\nallow = hibernation\n' >"$work/policy"
chmod 755 "$work"
chown 1000 "$work/policy"
expect_exit 0 setpriv --reuid=1000 --regid=1000 --clear-groups bpflock-ctl analyze "$work/policy"
expect_grep '^dev_mem +9.9 +deny +hibernation$' "$work/out"
expect_exit 1 setpriv --reuid=1000 --regid=1000 --clear-groups bpflock-ctl analyze "$work/policy" --threshold 90
printf '[kimglock]\nprofil = restricted\n' >"$work/policy"
expect_exit 2 bpflock-ctl analyze "$work/policy"
expect_grep 'policy:2:.*profile' "$work/err"
expect_exit 2 bpflock-ctl analyze "$work/none-there"
