# Containers: what namespaces a task is in makes no difference to whose rule holds for it.

load --profile privileged
change cgroup set /c profile=restricted
expect_denied in_cgroup /c unshare -C -- dev_mem
expect_allowed in_cgroup /d unshare -C -- dev_mem

# A container with a hierarchy of its own, in which its own cgroup is the root.
cat >"$work/container" <<'END'
umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && mkdir -p /sys/fs/cgroup/own/d &&
	echo $$ >/sys/fs/cgroup/own/d/cgroup.procs || exit 64
grep -qx 0::/own/d /proc/self/cgroup || exit 65
exec probe dev_mem
END
expect_exit 1 in_cgroup /c unshare -C -m -p -n -f --mount-proc sh "$work/container"
expect_exit 0 in_cgroup /d unshare -C -m -p -n -f --mount-proc sh "$work/container"

change cgroup set /c profile=baseline
expect_allowed in_cgroup /c unshare -C -- dev_mem
expect_denied in_cgroup /c unshare -n -- dev_mem
expect_denied in_cgroup /c unshare -f -p -- dev_mem
expect_exit 1 in_cgroup /c unshare -C -m -p -n -f --mount-proc sh "$work/container"
expect_allowed in_cgroup /d unshare -f -p -n -- dev_mem

# There /proc/PID/cgroup says something else than here.
before=$(generation)
expect_exit 1 in_cgroup /c unshare -C bpflock-ctl cgroup set --self profile=privileged
expect_grep 'cgroup namespace' "$work/err"
expect_exit 1 in_cgroup /c unshare -C bpflock-ctl grant dev_mem --self --for 1h
expect_grep 'cgroup namespace' "$work/err"
expect_exit 1 in_cgroup /c unshare -C bpflock-ctl explain dev_mem
expect_grep 'cgroup namespace' "$work/err"
expect_equal "$(generation)" "$before" generation

# A path is the host's all the same, with a namespace's root mounted where the host's was too.
expect_exit 0 in_cgroup /c unshare -C -m sh -c 'umount /sys/fs/cgroup &&
	mount -t cgroup2 cgroup2 /sys/fs/cgroup && mkdir -p /sys/fs/cgroup/d && exec bpflock-ctl cgroup set /d profile=restricted'
expect_denied in_cgroup /d -- dev_mem
expect_allowed in_cgroup /c/d -- dev_mem

# Where neither the own namespace nor that of process 1 shows the root, a mount of it is enough to read the policy.
expect_exit 0 in_cgroup /c unshare -C -m -p -n -f --mount-proc bpflock-ctl metrics
expect_grep '^bpflock_enforcing 1$' "$work/out"
