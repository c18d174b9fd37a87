# kernels: any
# timeout: 600
# ends: sealed
# As json-follows-its-schema, of a sealed set.
json() { # STATUS VERB...
	status=$1
	shift
	expect_exit "$status" bpflock-ctl --json "$@"
	expect_json "$work/out" '.schema == 1'
}
expect_exit 0 bpflock --json --profile restricted --coalesce 0
json 0 grant perf --host --for 1h
json 0 latch kexec
json 2 seal
json 0 seal --yes --dry-run
json 0 seal --yes
json 0 seal --yes
for verb in status test policy denials analyze tree suggest grants "cgroup list" "explain msr" "latch msr" repair; do
	# shellcheck disable=SC2086 # words
	json 0 $verb
done
json 4 set profile=privileged
json 4 unload
expect_exit 0 bpflock --json --profile restricted --coalesce 0
json 0 revoke --all
expect_exit 4 bpflock --json --profile privileged
expect_denied dev_mem
! bpftool map dump name bplks_rules >/dev/null 2>&1 || fail "bpftool opens a map of a seal"
echo 0 >/proc/sys/kernel/ftrace_enabled || :
expect_exit 0 bpflock-log show -o json
expect_json "$work/out" '.schema == 1'
