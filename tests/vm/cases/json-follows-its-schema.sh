# kernels: any
# timeout: 600
# Each verb prints JSON in each state of a set. That it is as policy/schema has it is looked at afterwards: tests/output/schema reads
# what expect_exit has shown, of all cases.
json() { # STATUS VERB...
	status=$1
	shift
	expect_exit "$status" bpflock-ctl --json "$@"
	expect_json "$work/out" '.schema == 1'
}
mkdir -p /sys/fs/cgroup/a /sys/fs/cgroup/b
printf '[kimglock]\nprofile = baseline\nblock = kexec\n[cgroup "/a"]\nprofile = privileged\n' >"$work/policy"

for verb in status test policy denials analyze tree suggest grants "cgroup list" "cgroup delete --all" "set profile=baseline" \
	"explain kexec" "revoke --all" "apply $work/policy" diff reset reload "latch msr" "seal --yes"; do
	# shellcheck disable=SC2086 # words
	json 3 $verb
done
json 0 operations
json 0 check "$work/policy"
json 0 cat-config
json 0 preset list
json 0 preset use server --dry-run
json 0 unload
json 0 analyze "$work/policy"
expect_exit 0 bpflock --json --dry-run --profile restricted
expect_exit 2 bpflock --json --profile nonsense
printf 'profil = x\n' >"$work/bad"
json 2 check "$work/bad"

row enforcing
expect_exit 0 bpflock --json --config "$work/policy" --exec-log all --coalesce 0
expect_exit 0 bpflock --json --config "$work/policy" --exec-log all --coalesce 0
expect_denied kexec
expect_exit 1 unshare -fpn --mount-proc probe dev_mem
expect_exit 0 in_cgroup /a probe dev_mem
json 0 cgroup set /b like=host allow=ioport block=perf
json 0 cgroup set /missing profile=restricted
json 0 grant kexec --host --for 1h --comment reason
json 0 grant perf,msr --cgroup /b --for 1h
expect_allowed kexec
json 0 set block+=@modules --dry-run
json 0 set block+=@modules
json 0 set block+=@modules
json 0 block msr
json 0 allow msr
json 1 set profile=restricted --if-generation 77
json 0 explain kexec
json 0 explain dev_mem --cgroup /a
json 0 explain perf --pid $$
json 0 diff "$work/policy"
json 2 diff "$work/bad"
json 0 denials
json 0 tree --all
json 0 analyze
json 1 analyze --threshold 0
json 0 suggest
json 0 suggest --by-unit
json 0 cgroup list
json 0 grants
json 0 policy
json 0 test
json 0 status
bpflock-log show -o json >"$work/log"
json 0 replay "$work/policy" "$work/log"
expect_exit 0 bpflock-log show -o json
expect_json "$work/out" '.schema == 1'
json 0 revoke 2
json 0 apply "$work/policy" --for 1h
json 0 status
json 0 apply --revert
json 0 status
json 0 reset
json 0 reload

row audit
json 0 set mode=audit level=confidentiality
expect_allowed kexec
json 0 status
json 0 test
json 0 analyze

row fallback-and-refused
expect_exit 2 bpflock --json --fallback --config "$work/bad"
json 0 status
json 0 unload --dry-run
json 0 unload
expect_exit 2 bpflock --json --fallback --config "$work/bad"
json 6 status

row damaged
json 0 unload
expect_exit 0 bpflock --json --profile restricted
json 0 latch msr
json 0 repair
rm /sys/fs/bpf/bpflock/maps/ring
json 6 status
json 6 test
json 6 denials
mv /sys/fs/bpf/bpflock /sys/fs/bpf/elsewhere
json 6 status
json 0 repair --dry-run
json 0 repair
json 0 status
json 0 doctor || json 6 doctor
