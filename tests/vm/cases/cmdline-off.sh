# boot: bpflock=off
# The way back for somebody who locked himself out.

expect_exit 0 bpflock --profile restricted
expect_grep 'bpflock=off' "$work/out"
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "command-line" and .state == "note" and (.detail | test("bpflock=off")))'

# Without all of /proc the command line cannot be known, and is not overlooked.
hidden() { unshare -m sh -eu -c 'mount -t proc -o subset=pid proc /proc; exec "$@"' sh "$@"; }
mount -t bpf -o mode=700 bpf /sys/fs/bpf
for command in "bpflock --profile restricted" "bpflock --profile restricted --dry-run" "bpflock-ctl doctor"; do
	# shellcheck disable=SC2086 # words
	expect_exit 5 hidden $command
	cat "$work/out" "$work/err" >"$work/both"
	expect_grep 'Mount all of /proc: mount -t proc proc /proc' "$work/both"
done
expect_grep '^FAILED command-line .*cannot read /proc/cmdline.*bpflock=off' "$work/out"
expect_nothing_pinned
expect_exit 0 hidden sh -c 'mount -t proc proc /proc; exec bpflock --profile restricted'
expect_grep 'bpflock=off' "$work/out"
expect_nothing_pinned
umount /sys/fs/bpf
