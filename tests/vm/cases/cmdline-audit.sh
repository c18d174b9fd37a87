# boot: bpflock=audit

load --profile restricted
expect_allowed dev_mem
expect_status '.mode == "audit"'
expect_record '.op == "dev_mem" and .decision == "audit" and .reason == "audit (restricted)"'
# what diff shows is what apply does: the mode is kept
printf '[kimglock]\nprofile = baseline\n[cgroup "/x"]\nprofile = restricted\n' >"$work/policy"
bpflock-ctl diff "$work/policy" --json >"$work/diff"
expect_json "$work/diff" '(.changes | map(select(.section == "kimglock") | .key)) == ["profile"]'
expect_json "$work/diff" '.changes | any(.section == "cgroup \"/x\"" and .key == "mode" and .new == "audit")'
change apply "$work/policy"
expect_status '.mode == "audit" and (.cgroups | map(.mode)) == ["audit"]'
expect_exit 0 bpflock-ctl diff "$work/policy"
expect_grep 'no difference' "$work/out"
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "command-line" and .state == "note" and (.detail | test("bpflock=audit")))'

# Without all of /proc the command line cannot be known: nothing is loaded or changed that could deny.
hidden() { unshare -m sh -eu -c 'mount -t proc -o subset=pid proc /proc; exec "$@"' sh "$@"; }
before=$(generation)
expect_exit 5 hidden bpflock --profile restricted
for words in 'set mode=enforce' 'apply --stdin' 'set profile=restricted'; do
	printf '[kimglock]\nprofile = restricted\n' >"$work/policy"
	# shellcheck disable=SC2086 # words
	expect_exit 1 hidden bpflock-ctl $words <"$work/policy"
	expect_grep 'cannot read /proc/cmdline.*Mount all of /proc' "$work/err"
done
expect_equal "$(generation)" "$before" generation
expect_allowed dev_mem
expect_exit 0 hidden sh -c 'mount -t proc proc /proc; exec bpflock-ctl set profile=restricted'
expect_status '.mode == "audit"'
