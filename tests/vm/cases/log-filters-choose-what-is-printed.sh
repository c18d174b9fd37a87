# kernels: any
# timeout: 500
# Each filter once as it is and once negated. What was lost is said whatever is filtered, and a tail takes and
# accounts for everything.

# both EXPRESSION OPTION VALUE: it is true of whatever passes, and false of whatever passes the negation; of
# each there is something, and together they are everything.
both() {
	bpflock-log show -o json "$2" "$3" >"$work/with"
	bpflock-log show -o json "$2" "!$3" >"$work/without"
	jq -n -e --slurpfile with "$work/with" --slurpfile without "$work/without" --argjson lost "$lost" \
		--argjson all "$all" "
		def told: map(select(.event == \"lost\") | .count);
		def records: map(select(.event != \"lost\"));
		[ (\$with | told == \$lost), (\$without | told == \$lost),
		  (\$with | records | length > 0 and all(.[]; $1)),
		  (\$without | records | length > 0 and all(.[]; ($1) | not)),
		  (\$with + \$without | records | map(.seq) | unique | length == \$all)
		] as \$holds | \$holds, (\$holds | all)" >"$work/holds" ||
		fail "$2 $3: losses told by both, records of each, all: $(tr -d ' \n' <"$work/holds")"
	ok "records with and without $2 $3"
}

# passes EXPRESSION OPTION...: what passes is something, and it is true of all of it
passes() {
	expression=$1
	shift
	bpflock-log show -o json "$@" >"$work/passed"
	jq -s -c 'map(select(.event != "lost"))' "$work/passed" >"$work/passed.records"
	expect_json "$work/passed.records" "$expression"
}

cp "$(command -v probe)" other
load --profile privileged --block dev_mem,kcore --ring-size 64K --coalesce 0 --exec-log all
setpriv --reuid=1000 head -c 0 /dev/null
expect_exit 127 env -- /no/such/program
load --profile privileged --block dev_mem,kcore --ring-size 64K --coalesce 0 --exec-log none
expect_denied dev_mem
expect_denied kcore
expect_allowed msr
sh -c 'echo $$ >pid; exec probe debugfs'
expect_exit 0 ./other tracefs
expect_exit 1 in_cgroup /machines/one probe dev_mem
expect_exit 0 in_cgroup /system.slice/ssh.service/child probe msr
change grant kexec --host --for 1h --comment why
change set mode=audit
expect_allowed dev_mem
sleep 1
since=$(date +%s)
sleep 1
expect_allowed hibernation
flood 3000 1

records
all=$(jq -s 'map(select(.event != "lost")) | length' "$work/records")
lost=$(jq -s -c 'map(select(.event == "lost") | .count)' "$work/records")
[ "$lost" != '[]' ] || fail "nothing is lost"

both '.operation == "dev_mem" or (.operations // [] | index("dev_mem"))' --op dev_mem
both '.operation == "kexec" or (.operations // [] | index("kexec"))' --op kexec
both '.decision == "deny"' --decision deny
both '.decision == "audit" or .decision == "allow"' --decision audit,allow
both '.event == "lsm_locked_down"' --event decision
both '.event == "syscall_execve"' --event exec
both '.event == "grant" or .event == "syscall_execve"' --event grant,exec
both '.uid == 1000' --uid 1000
both ".pid == $(cat pid)" --pid "$(cat pid)"
both '.comm == "other"' --comm other
both '.comm // "" | test("^pr.b")' --comm 'pr[a-z]b*'
both '.cgroup // "" | test("^/machines(/|$)")' --cgroup /machines
both '.cgroup == "/system.slice/ssh.service/child"' --unit ssh
both '.cgroup // "" | startswith("/system.slice/")' --unit system.slice

# values of one filter are alternatives, filters hold together, exclusions win
passes 'map(.operation) | unique == ["dev_mem", "kcore"]' --op dev_mem --op kcore
passes 'map(.operation) | index("msr") and index("tracefs") and (index("dev_mem") or index("kcore") | not)' \
	--op '!dev_mem' --op '!kcore,ioport' --event decision
passes 'map([.operation, .decision]) | unique == [["dev_mem", "audit"]]' --op dev_mem --decision '!deny'
passes 'map([.operation, .cgroup]) | unique == [["dev_mem", "/machines/one"]]' --cgroup /machines --op @all
passes '. == []' --cgroup /machine
passes '. == []' --uid 1000 --uid '!1000'
passes '. == []' --op dev_mem --event exec
passes 'map(.operation) | index("hibernation") and (index("msr") | not)' --since "@$since"
passes "length == $all" --since -1h
passes '. == []' --since now
expect_exit 0 bpflock-log show --unit nosuch
expect_grep "^bpflock-log: no record matches \([1-9][0-9]* in the ring\)$" "$work/err"
expect_exit 0 bpflock-log show --op dev_mem
expect_no_grep 'no record matches' "$work/err"
expect_exit 2 bpflock-log show --op dev_men
expect_grep 'did you mean "dev_mem"' "$work/err"
expect_exit 2 bpflock-log show --uid root
expect_exit 2 bpflock-log show --since tomorrow
for format in classic logfmt short; do
	bpflock-log show -o $format --op kexec >"$work/$format"
	# short has a line with the day
	expect_equal "$(grep -cv '^....-..-..$' "$work/$format")" $((1 + $(echo "$lost" | jq length))) "lines of $format"
done

# a tail takes all of it and says what it was asked for
change set mode=enforce
bpflock-log drain -o json --op dev_mem --decision deny >"$work/tail" 2>"$work/tail.err" &
tail=$!
until_true grep -q '"event":"lost"' "$work/tail"
expect_exit 1 in_cgroup /machines/two probe dev_mem
until_true grep -q '"cgroup":"/machines/two"' "$work/tail"
flood 1000 1
kill $tail
wait $tail
jq -s -c 'map(select(.event != "lost"))' "$work/tail" >"$work/passed"
expect_json "$work/passed" 'map([.operation, .decision, .cgroup]) == [["dev_mem", "deny", "/case"],
	["dev_mem", "deny", "/machines/one"], ["dev_mem", "deny", "/machines/two"]]'
lost=$(jq -s 'map(select(.event == "lost") | .count) | add' "$work/tail")
expect_grep " $lost lost" "$work/tail.err"
records
expect_equal "$(cat "$work/records")" "" "what is left"
expect_status ".totals.dropped + .exec_events.dropped == $lost
	and .totals.emitted + .exec_events.emitted + 1
		== $(sed -n 's/.*: \([0-9]*\) records read.*/\1/p' "$work/tail.err")"
