# kernels: any
# The kernel command line, here one that is mounted over the real one: the way back for somebody who locked himself out.
# The cases boot-unit-obeys-bpflock-* have real ones.
boot_words() {
	echo "$*" >"$work/cmdline"
	mount --bind "$work/cmdline" /proc/cmdline
}

row off
boot_words bpflock=off
expect_exit 0 bpflock --profile restricted
expect_grep 'bpflock=off' "$work/out"
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "command-line" and .state == "note" and (.detail | test("bpflock=off")))'
umount /proc/cmdline

row audit
boot_words bpflock=audit
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
umount /proc/cmdline
load --profile restricted
expect_denied dev_mem
