# kernels: any
# The kernel command line, here one that is mounted over the real one: the way back for somebody who locked himself out.
# The cases boot-unit-obeys-bpflock-* have real ones.
boot_words() {
	echo "$*" >"$work/cmdline"
	mount --bind "$work/cmdline" /proc/cmdline
}
hidden() { unshare -m sh -eu -c 'mount -t proc -o subset=pid proc /proc; exec "$@"' sh "$@"; }

row off
boot_words bpflock=off
expect_exit 0 bpflock --profile restricted
expect_grep 'bpflock=off' "$work/out"
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "command-line" and .state == "note" and (.detail | test("bpflock=off")))'

# Without all of /proc the command line cannot be known, and is not overlooked.
mount -t bpf -o mode=700 bpf /sys/fs/bpf
for command in "bpflock --profile restricted" "bpflock --profile restricted --dry-run" "bpflock-ctl doctor"; do
	# shellcheck disable=SC2086 # words
	expect_exit 5 hidden $command
	cat "$work/out" "$work/err" >"$work/both"
	expect_grep 'mount -t proc proc /proc' "$work/both"
done
expect_grep '^FAILED command-line .*/proc/cmdline.*bpflock=off.*cannot read' "$work/out"
expect_nothing_pinned
expect_exit 0 hidden sh -c "mount -t proc proc /proc; mount --bind $work/cmdline /proc/cmdline; exec bpflock --profile restricted"
expect_grep 'bpflock=off' "$work/out"
expect_nothing_pinned
umount /sys/fs/bpf /proc/cmdline

row audit
boot_words bpflock=audit
load --profile restricted
expect_allowed dev_mem
expect_status '.mode == "audit"'
expect_record '.operation == "dev_mem" and .decision == "audit" and .reason == "audit (restricted)"'
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
before=$(generation)
expect_exit 5 hidden bpflock --profile restricted
for words in 'set mode=enforce' 'apply --stdin' 'set profile=restricted'; do
	printf '[kimglock]\nprofile = restricted\n' >"$work/policy"
	# shellcheck disable=SC2086 # words
	expect_exit 1 hidden bpflock-ctl $words <"$work/policy"
	expect_grep '/proc/cmdline.*: cannot read: .*nothing was changed' "$work/err"
	expect_grep '^bpflock-ctl: hint: mount -t proc proc /proc$' "$work/err"
done
expect_equal "$(generation)" "$before" generation
expect_allowed dev_mem
expect_exit 0 hidden sh -c "mount -t proc proc /proc; mount --bind $work/cmdline /proc/cmdline; exec bpflock-ctl set profile=restricted"
expect_status '.mode == "audit"'
umount /proc/cmdline
load --profile restricted
expect_denied dev_mem
