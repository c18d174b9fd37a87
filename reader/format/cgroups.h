/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names for the cgroup ids in records, as far as they can be had: a record holds only the id, and
 * by the time it is read its cgroup may be gone. What was named once stays known as long as there
 * is room for it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cgroup_state {
	CGROUP_UNUSED,	/* a free slot */
	CGROUP_UNKNOWN, /* could not be found out, worth another try */
	CGROUP_ABSENT,	/* was gone before it could be named; ids are not used again */
	CGROUP_KNOWN,
	CGROUP_GONE, /* its path is still known, from before */
};

struct cgroup {
	uint64_t id;
	uint64_t used;	/* when it was asked for last, boottime */
	uint64_t until; /* when it is to be looked at again */
	enum cgroup_state state;
	char *path; /* as in /proc/PID/cgroup; owned */
	size_t path_len;
	const char *unit;      /* in path: of systemd, not NUL-terminated */
	size_t unit_len;       /* 0: none */
	const char *pod;       /* behind the path, NUL-terminated; empty: none */
	const char *container; /* the same */
};

#define CGROUPS_MAX 1024 /* a power of two */

struct cgroups {
	int root_fd;	     /* of the hierarchy; owned */
	bool by_handle;	     /* an id can be opened, which takes CAP_DAC_READ_SEARCH */
	uint64_t walk_after; /* else the hierarchy is walked, but not all the time; boottime */
	struct cgroup *last; /* that was asked for, at last_found */
	uint64_t last_found;
	struct cgroup slots[CGROUPS_MAX];
};

/* Takes root_fd over: the hierarchy's root directory. */
void cgroups_init(struct cgroups *c, int root_fd);
void cgroups_done(struct cgroups *c);

/*
 * The cgroup of an id, KNOWN or GONE; NULL if it has no name to be had. now: boottime, at a batch's
 * accuracy. Good until the next call. Costs a look into a table for what is in it, and a system
 * call per cgroup and second to see whether it still exists.
 */
const struct cgroup *cgroups_look_up(struct cgroups *c, uint64_t id, uint64_t now);

/* Finds it in the same way, and cheaply if it was asked for last, as the fields of a record do. */
static inline const struct cgroup *cgroups_find(struct cgroups *c, uint64_t id, uint64_t now)
{
	const struct cgroup *g = c->last;

	if (g && g->id == id && c->last_found == now && g->state >= CGROUP_KNOWN)
		return g;
	return cgroups_look_up(c, id, now);
}

/* Takes note of a cgroup that was come across, if there is room. */
void cgroups_seen(struct cgroups *c, uint64_t id, const char *path, uint64_t now);
