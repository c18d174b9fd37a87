/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last denials, and what was audited, from all places that still know of them. One can be in
 * several places; it then counts once.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"

/* A record of a denial, or several that are alike. */
struct denial {
	uint64_t time;	/* CLOCK_BOOTTIME, ns: of the latest */
	uint64_t since; /* the same: of the first that is counted */
	uint64_t count;
	uint64_t seq; /* of the latest record; 0: not known */
	uint64_t generation;
	uint64_t cgroup_id;
	uint64_t rule_cgroup; /* 0: the host's rule set decided */
	uint32_t reason;      /* BPFLOCK_REASONS: the journal has a name that this kernel has not */
	uint32_t pid, tgid, uid, netns, pidns;
	uint8_t verdict, why, profile;
	uint8_t by;	   /* enum bpflock_by: of others why and profile mean nothing */
	bool waiting;	   /* repetitions that no record has carried yet */
	uint32_t loginuid; /* BPFLOCK_UNSET: nobody has logged in, or it is not known */
	char comm[BPFLOCK_COMM_LEN];
	uint32_t exe_dev; /* where exe is a path inside its file system; 0: it is a whole one */
	char about[DECODE_PATH(
		BPFLOCK_OBJECT_LEN)]; /* the module's file or alias; empty: neither */
	/* owned; NULL if they are not known: paths as in /proc/PID/cgroup, and the system manager's
	 * unit */
	char *cgroup, *rule, *unit;
	char *exe; /* the same: the executable */
};

struct denials {
	struct denial *items; /* owned */
	size_t n;
};

void denials_done(struct denials *d);

/* Adds what an event says, if that is a denial or audited. 0 or -ENOMEM. */
int denials_add_event(struct denials *d, const struct event *e);

/* Adds one, and takes over what it owns, also on failure. 0 or -ENOMEM. */
int denials_add(struct denials *d, struct denial *one);

/* Takes the last one out again. */
void denials_drop_last(struct denials *d);

/* Leaves one of each that is there more than once, with all that any of them knows. */
void denials_unite(struct denials *d);

/* Returns how many decisions of a verdict they stand for. */
uint64_t denials_count(const struct denials *d, uint32_t verdict);

/*
 * Leaves one for all that are alike in who (program, user, cgroup or unit), what and why, then puts
 * the newest first.
 */
void denials_merge(struct denials *d);
