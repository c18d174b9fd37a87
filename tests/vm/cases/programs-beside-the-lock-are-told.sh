# timeout: 180
# A program that somebody attaches to the root after bpflock's can undo its refusals: status says which, and a load
# puts the lock last again. One that comes before, or belongs to another cgroup, can do nothing.

attached() { # CGROUP COMMAND...
	cgroup=$1
	shift
	attack lsm-cgroup "$cgroup" locked_down 0 "$@"
}

load --profile restricted
expect_denied dev_mem
expect_exit 0 attached /sys/fs/cgroup probe dev_mem
expect_denied dev_mem
expect_exit 6 attached /sys/fs/cgroup bpflock-ctl status
expect_grep 'program [0-9]+ .* is called after bpflock.s' "$work/err"
expect_exit 6 attached /sys/fs/cgroup bpflock-ctl test
expect_exit 0 bpflock-ctl status
expect_exit 0 attached /sys/fs/cgroup sh -c 'bpflock --profile restricted --exec-log failed && ! probe dev_mem && bpflock-ctl status'
expect_denied dev_mem
expect_status '.enforcing and (.trouble | not)'

mkdir -p /sys/fs/cgroup/child
expect_exit 1 in_cgroup /child attack lsm-cgroup /sys/fs/cgroup/child locked_down 0 probe dev_mem
expect_exit 0 in_cgroup /child attack lsm-cgroup /sys/fs/cgroup/child locked_down 0 bpflock-ctl status
# what a program of the task's own cgroup refuses stays refused
change set profile=privileged
expect_allowed dev_mem
expect_exit 1 in_cgroup /child attack lsm-cgroup /sys/fs/cgroup/child locked_down -1 probe dev_mem
