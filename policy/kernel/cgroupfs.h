/* SPDX-License-Identifier: GPL-2.0-only */
/* The cgroup v2 hierarchy: which cgroups exist, and which path a task has. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

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

/* The cgroup v2 of a task by the text of its /proc/PID/cgroup; NULL if that does not say. Owned. */
char *cgroupfs_path_in(const char *text);

/*
 * Tells by such a text whether a task is in a cgroup of v1, and in the root alone of v2. Rules for
 * cgroups never hold for it.
 */
bool cgroupfs_text_is_v1(const char *text);

/* Returns whether this process or process 1 is known to be such a task. */
bool cgroupfs_is_v1(void);

#define CGROUPFS_V1 \
	"processes here are in cgroups of v1, to which rule sets and grants of cgroups do not apply"
#define CGROUPFS_V1_CURE "boot with systemd.unified_cgroup_hierarchy=1"

/*
 * The cgroup v2 path of a task; pid 0: of this process. Owned by the caller. -EXDEV outside the
 * initial cgroup namespace, where paths mean something else; -ESRCH: no such process; -ESTALE: the
 * cgroup has been removed; -ENODATA: /proc does not say.
 */
int cgroupfs_path_of(pid_t pid, char **ret_path);
