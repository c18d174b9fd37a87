# Not mounted, mounted below a v1 tree, or only a part of it mounted: ids are of the hierarchy itself.

state() { bpflock-ctl cgroup list --json | jq -r ".cgroups[] | select(.path == \"$1\").state"; }

load --profile privileged
mkdir -p /sys/fs/cgroup/x /sys/fs/cgroup/part/x
umount /sys/fs/cgroup
change cgroup set /x profile=restricted
expect_equal "$(state /x)" live "the state of a rule, with no hierarchy mounted"
expect_no_grep ' cgroup2 ' /proc/mounts
# as in a container that has only its own part
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir "$work/all"
mount --bind /sys/fs/cgroup "$work/all"
umount /sys/fs/cgroup
mount --bind "$work/all/part" /sys/fs/cgroup
umount "$work/all"
change cgroup set /part/y profile=restricted
expect_equal "$(state /x)" live "the state of a rule, with a part of the hierarchy mounted"
expect_equal "$(state /part/y)" armed "the state of a rule, with a part of the hierarchy mounted"
mkdir /sys/fs/cgroup/y
expect_equal "$(state /part/y)" live "the state of a rule, with its cgroup there"
umount /sys/fs/cgroup

# What is mounted over a cgroup's directory is not that cgroup.
mount -t cgroup2 cgroup2 /sys/fs/cgroup
start_task covered in_cgroup /covered
mount -t tmpfs tmpfs /sys/fs/cgroup/covered
change cgroup set /covered profile=restricted
expect_equal "$(state /covered)" live "the state of a rule, with its cgroup covered"
ask covered probe dev_mem
expect_equal "$answer" 1 "status of a probe there"
umount /sys/fs/cgroup/covered
end_tasks
umount /sys/fs/cgroup

# A hybrid layout: names of a v1 hierarchy are not those of the other.
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/v1 /sys/fs/cgroup/unified
mount -t cgroup -o none,name=case cgroup /sys/fs/cgroup/v1
mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
change cgroup set /z profile=restricted
mkdir /sys/fs/cgroup/v1/z /sys/fs/cgroup/v1/x
expect_equal "$(state /z)" armed "the state of a rule, with a v1 cgroup of its name"
in_hybrid() { # V1 V2 COMMAND...
	mkdir -p "/sys/fs/cgroup/unified$2"
	# shellcheck disable=SC2016 # expanded there
	sh -c 'echo 0 >"/sys/fs/cgroup/v1$0/cgroup.procs" &&
		echo 0 >"/sys/fs/cgroup/unified$1/cgroup.procs" || exit 64; shift; exec "$@"' "$@"
}
expect_allowed in_hybrid /z /case -- dev_mem
expect_allowed in_hybrid /x /case -- dev_mem
expect_denied in_hybrid /z /x -- dev_mem
expect_denied in_hybrid /x /z -- dev_mem
expect_equal "$(state /z)" live "the state of a rule"
start_task hybrid in_hybrid /z /case
bpflock-ctl explain dev_mem --pid "$task" --json >"$work/explained"
expect_json "$work/explained" '.cgroup == "/case" and .decision == "allow"'
end_tasks
# Where tasks are in v1 alone, that no rule holds for them is said.
warned() { # WANTED V1 V2 PROFILE
	in_hybrid "$2" "$3" bpflock-ctl cgroup set /w profile="$4" 2>"$work/err" >/dev/null || fail "status $?"
	expect_equal "$(grep -c 'warning: processes here are in cgroups of v1' "$work/err")" "$1" "warnings"
}
warned 0 /x /case restricted
warned 1 /x / baseline
expect_exit 0 in_hybrid /x / bpflock-ctl doctor
expect_grep '^note   cgroup .*cgroups of v1' "$work/out"
rmdir /sys/fs/cgroup/v1/z /sys/fs/cgroup/v1/x
umount /sys/fs/cgroup/v1 /sys/fs/cgroup/unified
umount /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
expect_denied in_cgroup /x -- dev_mem
expect_denied in_cgroup /part/y -- dev_mem
expect_allowed in_cgroup /part/x -- dev_mem
