/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cgroup of a systemd unit. Only the system manager knows it: a unit can have another name, a
 * Slice= of its own, or a user's manager a unit of the same name.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

enum cgroupfs_unit {
	CGROUPFS_UNIT_FOUND,
	CGROUPFS_UNIT_INVALID,	  /* no unit of that name can have a cgroup */
	CGROUPFS_UNIT_NO_MANAGER, /* systemd does not run here */
	CGROUPFS_UNIT_UNKNOWN,	  /* to the manager */
	CGROUPFS_UNIT_NOT_ROOTS,  /* somebody else owns the cgroup or one above it, and makes others
				     in it */
};

/*
 * Asks the system manager by systemctl(1), which is no dependency and does without what a library
 * of D-Bus would add to a program with all of root's power. name has a suffix. On _FOUND and
 * _NOT_ROOTS *ret_path is the path, owned by the caller, and *ret_exists whether it is there now;
 * one that does not run is where the manager will put it. A negative errno: -ETIMEDOUT, -EIO: the
 * manager did not answer.
 */
int cgroupfs_unit_find(int root_fd, const char *name, char **ret_path, bool *ret_exists);

/*
 * Returns how many bytes of a cgroup's path nobody but root has named: up to and with the first
 * cgroup that somebody else owns, who makes others in it. A cgroup that is missing has only parents
 * of root's. 0: it cannot be told.
 */
size_t cgroupfs_unit_roots(int root_fd, const char *path);

/*
 * The path, by the properties that "systemctl show" prints, one KEY=VALUE a line. Takes properties
 * apart. _FOUND, _UNKNOWN, or _INVALID if they make no sense.
 */
enum cgroupfs_unit cgroupfs_unit_path(char *properties, char ret_path[PATH_MAX]);
