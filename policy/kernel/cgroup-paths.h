/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths of cgroups by the ids in records, each looked up once, for a program that looks and ends.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct cgroup_paths {
	int root_fd; /* of the hierarchy; a negative errno: no path can be found */
	struct cgroup_path {
		uint64_t id;
		char *path; /* owned; NULL: gone */
	} * items;	    /* owned */
	size_t n;
};

/* Opens the hierarchy. Ends with cgroup_paths_done(). */
void cgroup_paths_init(struct cgroup_paths *c);
void cgroup_paths_done(struct cgroup_paths *c);

/* The path of a cgroup, as in /proc/PID/cgroup, until cgroup_paths_done(); NULL if it is gone, id 0
 * included. */
const char *cgroup_paths_find(struct cgroup_paths *c, uint64_t id);
