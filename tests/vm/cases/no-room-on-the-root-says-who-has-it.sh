# timeout: 300
# Where all of the kernel's slots for hooks are taken, or all places on the hook, a load is refused and says who
# has them; doctor and a dry run find that out as well.

hooks="file_open file_lock inode_rename inode_symlink path_chmod path_mkdir path_unlink task_kill sb_umount sb_mount"
under_hooks() {
	for hook in $hooks; do set -- attack lsm-cgroup /sys/fs/cgroup "$hook" 0 "$@"; done
	"$@"
}
for try in 'bpflock --profile restricted' 'bpflock --profile restricted --dry-run' 'bpflock-ctl doctor'; do
	# shellcheck disable=SC2086 # words
	expect_exit 5 under_hooks $try
	cat "$work/out" "$work/err" >"$work/both"
	tr '\n' ' ' <"$work/both" | tr -s ' ' >"$work/line"
	expect_grep 'at most 10 LSM hooks.*1 on file_open' "$work/line"
done
expect_nothing_pinned
expect_exit 5 attack lsm-cgroup-links 64 /sys/fs/cgroup locked_down 0 bpflock --profile restricted
expect_grep 'room for 64 programs.*64 on locked_down' "$work/err"
expect_exit 0 attack lsm-cgroup /sys/fs/cgroup locked_down 0 true
load --profile restricted
expect_denied dev_mem
# one that is loaded already takes no further place
hooks=${hooks% *}
expect_exit 0 under_hooks bpflock --profile restricted --exec-log failed
