/* SPDX-License-Identifier: GPL-2.0-only */
/* The cgroup v2 hierarchy is found and opened here. */
#pragma once

#include <limits.h>
#include <stdbool.h>

/*
 * An fd of the root directory of cgroup v2: the one mounted here by mountinfo (hybrid layouts have
 * it below a v1 tree), else the one that pid 1 sees, else a private mount. Only the true root will
 * do, not that of a cgroup namespace; its inode number is 1. What is mounted over directories of it
 * is not seen, given CAP_SYS_ADMIN. A negative errno: -ENOENT if there is none, see
 * CGROUPFS_ABSENT; -EPERM or -EACCES if whoever may look further could find one.
 */
int cgroupfs_open(void);

#define CGROUPFS_ABSENT                                                                              \
	"there is no cgroup v2 hierarchy here, which cgroup rules and grants need: mount it (mount " \
	"-t cgroup2 none /sys/fs/cgroup), in the initial cgroup namespace"

/*
 * An fd of that root without looking at any mount, so that nothing mounted over it is in the way:
 * by fsopen(2), from process 1's cgroup namespace if need be. Takes CAP_SYS_ADMIN. -ENOENT: neither
 * namespace shows the root. This is what programs are attached to.
 */
int cgroupfs_open_root(void);

/*
 * An fd of the root for callers that only read. If neither namespace shows it, a mount of it will
 * do: a container with a cgroup namespace of its own can have one. Takes CAP_SYS_ADMIN. A negative
 * errno as above.
 */
int cgroupfs_open_shown(void);

/*
 * Reads the mount point of a cgroup2 mount, unescaped, from a line of mountinfo. Returns whether it
 * is one.
 */
bool cgroupfs_mount_point(const char *line, char ret_path[PATH_MAX]);
