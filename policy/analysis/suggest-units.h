/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The suggestion by unit: each use that the host's rule set would have to allow is filed under the
 * unit that it came from, which gets a rule set like the host's with the operations that it used.
 * The host itself stays shut. Pure.
 */
#pragma once

#include <limits.h>

#include "suggest.h"

/* Returns how many bytes of a path root has named, as cgroupfs_unit_roots() does. */
typedef size_t (*suggest_units_roots_fn)(void *arg, const char *path);

/* The way in which the section of a cgroup was found. */
enum suggest_units_place {
	SUGGEST_UNITS_NONE,	/* the root cgroup, and what no section can name */
	SUGGEST_UNITS_UNIT,	/* of the system manager; the user's manager is one too */
	SUGGEST_UNITS_CGROUP,	/* in no unit: itself */
	SUGGEST_UNITS_ABOVE,	/* the cgroup above, because its name is new each time */
	SUGGEST_UNITS_FLEETING, /* itself, although its name is new each time: nothing above is its
				   own */
	_SUGGEST_UNITS_MAX,
};

/*
 * Finds the cgroup that a task's uses are filed under. roots: how many bytes of the task's path
 * root has named.
 */
enum suggest_units_place suggest_units_path(const char *path, size_t roots,
					    char ret_path[PATH_MAX]);

/*
 * Files all uses that were taken, before suggest_finish(), which then guesses nothing. 0 or
 * -ENOMEM.
 */
int suggest_units(struct suggest *s, suggest_units_roots_fn roots, void *arg);
