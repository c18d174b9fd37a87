/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The message of a change: each setting that differs as "old -> new", each grant that is new or gone,
 * and which operations that opens and closes, to whom.
 */
#pragma once

#include "json.h"
#include "policy.h"

struct difference {
	const struct bpflock_operation *ops;
	struct policy *old, *new; /* both compiled; their rules get sorted */
	uint64_t latched;	  /* denied on both sides, whatever they say */
	uint64_t now;		  /* CLOCK_BOOTTIME, ns: grants that have ended do not count */
};

/*
 * Prints one line for each setting and each direction, all indented alike; "opens nothing" if no
 * direction follows from what differs. Returns whether anything does.
 */
bool difference_print(const struct difference *d);

/* Writes "changes", "grants", "opens" and "closes", inside an object of j. */
bool difference_print_json(const struct difference *d, struct json *j);
