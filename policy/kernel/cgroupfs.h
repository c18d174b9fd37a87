/* SPDX-License-Identifier: GPL-2.0-only */
/* The cgroup v2 hierarchy: where it is, which cgroups exist, and which path a task or unit has. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * An fd of the root directory of cgroup v2: the one mounted here by mountinfo (hybrid layouts have
 * it below a v1 tree), else the one that pid 1 sees, else a private mount. Only the true root will
 * do, not that of a cgroup namespace; its inode number is 1. What is mounted over directories of it
 * is not seen, given CAP_SYS_ADMIN. A negative errno: -ENOENT if there is none, see
 * CGROUPFS_ABSENT; -EPERM or -EACCES if whoever may look further could find one.
 */
int cgroupfs_open(void);

#define CGROUPFS_ABSENT                                                                          \
	"there is no cgroup v2 hierarchy here, which cgroup rules and grants need: mount it (mount " \
	"-t cgroup2 none /sys/fs/cgroup), in the initial cgroup namespace"

/*
 * An fd of that root without looking at any mount, so that nothing mounted over it is in the way: by
 * fsopen(2), from process 1's cgroup namespace if need be. Takes CAP_SYS_ADMIN. -ENOENT: neither
 * namespace shows the root. This is what programs are attached to.
 */
int cgroupfs_open_root(void);

/* The id of a cgroup, which is its directory's inode number. 0 or a negative errno. */
int cgroupfs_id(int root_fd, const char *path, uint64_t *ret_id);

/*
 * The path of the cgroup with this id, wherever the hierarchy is mounted. *ret_gone: it has been
 * removed, and that was its path. Owned by the caller. -ENOENT: removed before that. By file handle
 * if that is permitted, else by a walk through all of the hierarchy, -EAGAIN if not all of it
 * could be seen.
 */
int cgroupfs_path_of_id(int root_fd, uint64_t id, char **ret_path, bool *ret_gone);

/*
 * The first way alone (since Linux 5.5): -EOPNOTSUPP without CAP_DAC_READ_SEARCH, or where a sandbox
 * has no handles.
 */
int cgroupfs_path_by_handle(int root_fd, uint64_t id, char **ret_path, bool *ret_gone);

/*
 * Calls visit for the root ("/") and then for each cgroup below it, until that returns false. 0 also
 * then; -EAGAIN if not all could be seen, or another negative errno.
 */
int cgroupfs_walk(int root_fd, bool (*visit)(void *arg, uint64_t id, const char *path), void *arg);

/* What a line of mountinfo says of a cgroup2 mount: its mount point, unescaped. Whether it is one. */
bool cgroupfs_mount_point(const char *line, char ret_path[PATH_MAX]);

/* The cgroup v2 of a task by the text of its /proc/PID/cgroup; NULL if that does not say. Owned. */
char *cgroupfs_path_in(const char *text);

/*
 * The cgroup v2 path of a task; pid 0: of this process. Owned by the caller. -EXDEV outside the
 * initial cgroup namespace, where paths mean something else; -ESRCH: no such process; -ESTALE: the
 * cgroup has been removed.
 */
int cgroupfs_path_of(pid_t pid, char **ret_path);

/*
 * The cgroup of a systemd unit: the one cgroup of that name that exists, else where the system
 * manager puts a unit of that name, by systemd.slice(5) and systemd.special(7). *ret_exists: which of
 * both. -ENOTUNIQ if several have that name (as units of user managers do), -EINVAL if it is no unit
 * name that has a cgroup. Owned by the caller.
 */
int cgroupfs_path_of_unit(int root_fd, const char *unit, char **ret_path, bool *ret_exists);

/* The second half of it, for a unit that does not run. -EINVAL as above. */
int cgroupfs_unit_path(const char *unit, char ret_path[PATH_MAX]);
