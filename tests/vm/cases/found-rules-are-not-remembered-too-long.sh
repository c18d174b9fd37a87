# kernels: any
# timeout: 240
# Which rule is for a cgroup, or that none is, is remembered on each CPU for as long as the policy stays: so each change
# has to be seen by the next decision, of a cgroup that has asked often before.

# often COMMAND...: on both CPUs, it is to be hoped
often() {
	for _ in 1 2 3 4 5 6 7 8; do
		"$@"
	done
}
allowed() { in_cgroup "$1" probe dev_mem; }
denied() { ! in_cgroup "$1" probe dev_mem; }
expect_often() {
	often "$@" >"$work/often" 2>&1 || fail "$*: not each time"
	ok "each time: $*"
}

mkdir -p /sys/fs/cgroup/a/b/c
printf '[kimglock]\nprofile = privileged\n[cgroup "/other/x"]\nprofile = restricted\n' >"$work/conf"
load --config "$work/conf"
expect_often allowed /a/b/c
expect_often denied /other/x
change cgroup set /a profile=restricted
expect_often denied /a/b/c
change cgroup set /a/b profile=privileged
expect_often allowed /a/b/c
change cgroup delete /a/b
expect_often denied /a/b/c
change grant dev_mem --cgroup /a/b/c --for 1h
expect_often allowed /a/b/c
change revoke --all
expect_often denied /a/b/c
change cgroup delete /a
expect_often allowed /a/b/c

# A policy on trial, and the one that comes back.
printf '[kimglock]\nprofile = privileged\n[cgroup "/a/b"]\nprofile = restricted\n' >"$work/trial"
change apply --for 20s "$work/trial"
expect_often denied /a/b/c
until_true allowed /a/b/c
expect_often allowed /a/b/c
change apply "$work/trial"
expect_often denied /a/b/c

# A grant ends, whatever was found while it lasted.
change cgroup set /a profile=restricted
change grant dev_mem --cgroup /a/b --for 20s
expect_often allowed /a/b/c
until_true denied /a/b/c
expect_often denied /a/b/c
expect_often denied /a
change cgroup delete /a

# Another cgroup in place of one that nothing was for, and those that come with a rule already.
change apply "$work/conf"
expect_often allowed /a/b/c
rmdir /sys/fs/cgroup/a/b/c /sys/fs/cgroup/a/b
change apply "$work/trial"
expect_often denied /a/b/c

# Another set of programs.
change apply "$work/conf"
expect_often allowed /a/b/c
expect_exit 0 /vm/other-build/bpflock --config "$work/trial"
expect_often denied /a/b/c
expect_exit 0 /vm/other-build/bpflock --config "$work/conf"
expect_often allowed /a/b/c
load --config "$work/trial"
expect_often denied /a/b/c
change unload
load --config "$work/conf"
expect_often allowed /a/b/c
change unload
load --config "$work/trial"
expect_often denied /a/b/c
