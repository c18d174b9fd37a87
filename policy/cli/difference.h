/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The difference of two policies in the unified style: lines with - for the old one and + for the
 * new one, below the head of their section; the operations that the new one opens and closes, to
 * whom; and the side that is stricter.
 */
#pragma once

#include "json.h"
#include "policy.h"

struct difference {
	const struct bpflock_operation *ops;
	struct policy *old, *new; /* both compiled; their rules get sorted */
	uint64_t latched;	  /* denied on both sides, whatever they say */
	uint64_t now;		  /* CLOCK_BOOTTIME, ns: grants that have ended do not count */
	const char *from, *to;	  /* names of both sides, for a head in text; NULL: none */
};

/*
 * Prints text, in colour if standard output is coloured. Returns whether a setting or a grant
 * differs; else nothing is printed.
 */
bool difference_print(const struct difference *d);

/* Writes "changes", "grants", "opens" and "closes", inside an object of j. */
bool difference_print_json(const struct difference *d, struct json *j);
