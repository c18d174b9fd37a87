# In a time namespace the clock is another than the kernel's: nothing is loaded or changed there that has a time in it,
# and what is shown is right.
shifted() { unshare --time --fork --boottime 864000 --monotonic 864000 "$@"; }
refusal() { expect_grep 'time namespace.*nsenter --time' "$work/err"; }

[ -e /proc/self/ns/time ] || fail "this kernel has no time namespaces"
expect_exit 4 shifted bpflock --profile restricted
refusal
expect_exit 4 shifted bpflock --profile restricted --dry-run
expect_exit 4 shifted bpflock-ctl doctor
expect_grep 'FAILED time-namespace' "$work/out"
expect_nothing_pinned

load --profile restricted
expect_denied dev_mem
before=$(generation)
# a grant of ten seconds would hold for ten days
expect_exit 4 shifted bpflock-ctl grant dev_mem --host --for 10s
refusal
expect_exit 4 shifted bpflock-ctl grant dev_mem --host --for 10s --dry-run
printf '[kimglock]\nprofile = privileged\n' >"$work/policy"
expect_exit 4 shifted bpflock-ctl apply "$work/policy" --for 10s
expect_exit 4 shifted bpflock-ctl apply "$work/policy"
expect_exit 4 shifted bpflock-ctl apply --confirm
for change in 'set profile=privileged' 'block kexec' 'allow kexec' reset 'cgroup set /x profile=privileged' \
	'cgroup delete --all' 'revoke --all' 'seal --yes'; do
	# shellcheck disable=SC2086 # words
	expect_exit 4 shifted bpflock-ctl $change
	refusal
done
expect_equal "$(generation)" "$before" generation
expect_status '.sealed == null and (.grants | length) == 0'
expect_denied dev_mem
# a mistake in the words is told first, and what changes nothing goes on
expect_exit 2 shifted bpflock-ctl grant dev_mem --host --for never
expect_exit 0 shifted bpflock-ctl check "$work/policy"

# readers take the shift off
change grant dev_mem --host --for 1h
expect_allowed dev_mem
expect_exit 0 shifted bpflock-ctl grants --json
expect_json "$work/out" '.grants[0].seconds_left | . > 3000 and . <= 3600'
expect_exit 0 shifted bpflock-ctl status --json
expect_json "$work/out" '.grants[0].seconds_left > 3000 and .trial == null'
expect_exit 0 shifted bpflock-ctl explain dev_mem --json
change apply "$work/policy" --for 1h
expect_exit 0 shifted bpflock-ctl status --json
expect_json "$work/out" '.trial | .reverted == false and .seconds_left > 3000'
loaded_at() { sed -n 's/^bpflock_loaded_timestamp_seconds //p' "$work/out"; }
expect_exit 0 bpflock-ctl metrics
right=$(loaded_at)
expect_exit 0 shifted bpflock-ctl metrics
expect_equal "$(loaded_at)" "$right" "when it was loaded"
expect_exit 0 bpflock-log show -o json --since -10m
expect_grep '"operation":"dev_mem"' "$work/out"
jq -r 'select(.operation == "dev_mem") | .time' "$work/out" | cut -c 1-16 >"$work/times"
expect_exit 0 shifted bpflock-log show -o json --since -10m
jq -r 'select(.operation == "dev_mem") | .time' "$work/out" | cut -c 1-16 >"$work/times-there"
expect_exit 0 cmp "$work/times" "$work/times-there"

# a namespace without a shift is one all the same; from within, the way out that is told works
expect_exit 4 unshare --time --fork bpflock-ctl revoke --all
expect_exit 0 shifted nsenter --time --target 1 bpflock-ctl revoke --all
# whose /proc does not show it is told so
expect_exit 4 unshare --mount sh -c 'mount --bind /dev /proc/ && exec bpflock-ctl grant dev_mem --host --for 10s'
expect_grep '/proc/self/ns/time: cannot check' "$work/err"
