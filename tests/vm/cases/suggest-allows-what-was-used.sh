# kernels: any
# Run in audit mode, suggest, enforce: what was used goes on, by whom it was used, and nothing else.

# as_user UID CAPABILITY COMMAND...
as_user() {
	user=$1 capability=$2
	shift 2
	setpriv --reuid="$user" --regid="$user" --clear-groups --inh-caps="+$capability" \
		--ambient-caps="+$capability" "$@"
}

suggest() {
	bpflock-ctl suggest >"$work/policy" || fail "bpflock-ctl suggest: exit status $?"
	cat "$work/policy"
}

expect_suggestion() {
	bpflock-ctl suggest --json >"$work/suggestion" || fail "bpflock-ctl suggest --json: exit status $?"
	expect_json "$work/suggestion" "$1"
}

load --profile restricted --level confidentiality --mode audit --coalesce 0
change cgroup set /x profile=restricted mode=audit
expect_allowed as_user 1001 sys_rawio -- ioport
expect_allowed in_cgroup /x/child setpriv --reuid=1002 --inh-caps=+sys_boot --ambient-caps=+sys_boot -- kexec
expect_exit 0 bpflock-ctl status
expect_exit 0 bpflock-ctl test

expect_suggestion '.policy | .mode == "enforce" and .profile == "restricted" and .level == "confidentiality"
	and .allow == ["ioport"] and (.cgroups | length == 1)
	and (.cgroups[0] | .path == "/x" and .allow == ["kexec"] and .mode == "enforce")'
expect_suggestion 'any(.uses[]; .operation == "ioport" and .uid == 1001 and .comm == "probe"
	and .decision == "audit" and .rule_set == "/" and .in_host_namespaces)'
expect_suggestion "any(.uses[]; .operation == \"kexec\" and .uid == 1002 and .cgroup == \"/x/child\"
	and .cgroup_id == $(inode /sys/fs/cgroup/x/child) and .rule_set == \"/x\")"
# and with no hierarchy mounted, or below a v1 tree
umount /sys/fs/cgroup
expect_suggestion 'any(.uses[]; .operation == "kexec" and .cgroup == "/x/child" and .rule_set == "/x")'
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/unified
mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
expect_suggestion 'any(.uses[]; .operation == "kexec" and .cgroup == "/x/child" and .rule_set == "/x")'
umount /sys/fs/cgroup/unified
umount /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# what test and status ask is our own affair
expect_exit 0 bpflock-ctl test
expect_status '.totals.proofs > 1 and all(.operations[]; .name != "bpf_read" or .audited == 0)'
expect_suggestion 'all(.operations[]; .name != "bpf_read")'
expect_suggestion 'all(.operations[]; .unrecorded == 0)'
suggest
expect_grep '^#   1 audited: probe, uid 1002, cgroup /x/child, rule set /x' "$work/policy"
expect_no_grep '^allow = .*bpf_read' "$work/policy"
expect_exit 0 bpflock-ctl check "$work/policy"
# looking has taken nothing away
expect_record '.operation == "ioport" and .uid == 1001'

before=$(generation)
expect_exit 0 sh -c 'bpflock-ctl suggest | bpflock-ctl apply --stdin'
expect_equal "$(generation)" $((before + 1)) generation
expect_status '.mode == "enforce" and .allow == ["ioport"]'
expect_allowed as_user 1001 sys_rawio -- ioport
expect_allowed ioport
expect_denied in_cgroup /x -- ioport
expect_allowed in_cgroup /x/child -- kexec
expect_denied kexec
expect_denied dev_mem
expect_denied bpf_read
expect_denied in_cgroup /x -- dev_mem

# Enforced, it says what is denied and does not open it. The same policy again is the same.
suggest
expect_grep '^# denied so far; to allow: allow = .*dev_mem.*kexec' "$work/policy"
expect_grep '^allow = ioport$' "$work/policy"
expect_exit 0 sh -c 'bpflock-ctl suggest | bpflock-ctl apply --stdin'
expect_grep '^bpflock-ctl: unchanged, ' "$work/out"

# What is blocked by name stays so.
change set mode=audit block=msr
expect_allowed msr
suggest
expect_grep '^# used, but blocked here.* msr' "$work/policy"
expect_grep '^block = msr$' "$work/policy"

# Somebody else's use of bpf_read is a use.
expect_allowed bpf_read
expect_suggestion '.policy.allow == ["ioport", "bpf_read"]'

# Of a host that only logs, without a single record.
expect_exit 0 bpflock-ctl unload
load --profile privileged --log none
expect_allowed dev_mem
expect_suggestion '.policy | .profile == "restricted" and .allow == ["dev_mem"] and .log == "none"'
expect_suggestion '.rule_sets[0].guessed == ["dev_mem"] and any(.operations[]; .name == "dev_mem" and .unrecorded == 1)'
suggest
expect_grep '^#   1 use left no record' "$work/policy"
expect_no_grep '^# bpf_read: ' "$work/policy"
expect_exit 0 bpflock-ctl apply "$work/policy"
expect_allowed dev_mem
expect_denied kexec

# Repetitions that no record carries yet are uses, and so is what found the ring full.
expect_exit 0 bpflock-ctl unload
load --profile privileged --coalesce 1h
flood 500 1
expect_suggestion 'any(.uses[]; .comm == "flood" and .count == 500)
	and any(.operations[]; .name == "ioport" and .unrecorded == 0)'
expect_exit 0 bpflock-ctl unload
load --profile privileged --coalesce 0 --ring-size 64K
flood 3000 1
expect_allowed dev_mem
expect_suggestion 'any(.uses[]; .operation == "dev_mem" and .comm == "probe")'
