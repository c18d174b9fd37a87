# kernels: any
# By cgroup, process, the caller or the host; only from the operations it is for; until it is
# revoked. Both are records.

load --profile restricted
start_task asker in_cgroup /g/below
granted_to() { # PATH TARGET...
	path=$1
	shift
	change grant dev_mem,msr "$@" --for 1h --comment 'a test'
	expect_record ".event == \"grant\" and .action == \"given\" and .target == \"$path\"
		and .operations == [\"dev_mem\", \"msr\"] and .comment == \"a test\" and .seconds > 3000
		and .comm == \"bpflock-ctl\" and .generation == $(generation)"
}

granted_to /g --cgroup /g
bpflock-ctl grants --json >"$work/grants"
expect_json "$work/grants" '.grants | length == 1 and (.[0] | .path == "/g" and .comment == "a test"
	and .operations == ["dev_mem", "msr"] and .uid == 0 and .seconds_left > 3000 and .seconds_left <= 3600)'
id=$(json_get "$work/grants" '.grants[0].id')
tab=$(printf '\t')
expect_equal "$(bpflock-ctl --complete revoke '')" "$id$tab/g: a test" "completion of revoke"
expect_equal "$(bpflock-ctl --complete set --if-generation '')" "$(generation)${tab}in force" "completion of --if-generation"
expect_allowed in_cgroup /g -- dev_mem
expect_record '.decision == "allow" and .reason == "allow (grant)" and .why == "grant" and .retval == 0'
expect_allowed in_cgroup /g/below unshare -n -- msr
expect_denied in_cgroup /g -- ioport
expect_denied in_cgroup /gg -- dev_mem
expect_denied dev_mem
change revoke "$id"
expect_grep "^-grant $id to cgroup /g ends: closes dev_mem, msr\$" "$work/out"
expect_record ".event == \"grant\" and .action == \"revoked\" and .grant == $id
	and .generation == $(generation)"
bpflock-ctl grants --json >"$work/grants"
expect_json "$work/grants" '.grants == []'
expect_denied in_cgroup /g -- dev_mem

granted_to /g/below --pid "$task"
expect_allowed in_cgroup /g/below -- dev_mem
expect_denied in_cgroup /g -- dev_mem
change revoke --all
expect_denied in_cgroup /g/below -- dev_mem

# given again it is renewed: one grant, logged as given, not as revoked
change grant dev_mem --cgroup /r --for 1h --comment first
id=$(bpflock-ctl grants --json | jq '.grants[0].id')
change grant dev_mem --cgroup /r --for 2h
expect_exit 0 bpflock-ctl grants --json
expect_json "$work/out" ".grants | length == 1 and (.[0] | .id == $id and .comment == \"first\" and .seconds_left > 6600)"
expect_record ".event == \"grant\" and .action == \"given\" and .grant == $id and .target == \"/r\" and .seconds > 6600"
expect_no_record '.event == "grant" and .action == "revoked" and .target == "/r"'
expect_exit 0 bpflock-ctl grant dev_mem --cgroup /r --for 10m
expect_grep '^bpflock-ctl: unchanged, ' "$work/out"
change revoke --all

granted_to /case --self
expect_allowed dev_mem
expect_denied in_cgroup /g -- dev_mem
change revoke --all
expect_denied dev_mem

granted_to / --host
expect_allowed dev_mem
expect_allowed in_cgroup /g -- dev_mem
expect_denied ioport
change revoke --all
expect_denied dev_mem

# What is wrong gives none.
before=$(generation)
for words in 'dev_mem --host' 'dev_mem --for 1h' 'dev_mem --host --for 0s' 'dev_mem --host --for -1s' \
	'dev_mem --host --for 101years' 'dev_mem --host --self --for 1h' 'dev_me --host --for 1h' \
	'dev_mem --cgroup / --for 1h'; do
	# shellcheck disable=SC2086 # words
	expect_exit 2 bpflock-ctl grant $words
done
expect_exit 2 bpflock-ctl grant dev_mem --host --for 1h --comment "$(printf '%096d' 0)"
expect_exit 2 bpflock-ctl revoke 99
expect_exit 2 bpflock-ctl revoke
change grant dev_mem,perf --host --for 1h --dry-run
expect_grep '^[+]grant [0-9]+ to the host until 20[^ ]*Z \(1h\): opens dev_mem; already allowed: perf$' "$work/out"
expect_equal "$(generation)" "$before" generation
expect_denied dev_mem

# Several at once, and all of them back.
change grant dev_mem --host --for 1h
change grant @hardware --cgroup /g --for '1h 30m'
expect_allowed in_cgroup /g -- ioport
change revoke --all
expect_denied in_cgroup /g -- ioport
expect_denied dev_mem
