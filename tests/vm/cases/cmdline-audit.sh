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
