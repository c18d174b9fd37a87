/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A filter chooses the events that are printed. Several values of one filter are alternatives,
 * different filters have to hold together, and a value with a leading ! excludes what it stands
 * for. What the reader itself has to say passes always: no filter hides a loss. Does no I/O, but
 * for what cgroups_find() does.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diagnostic.h"
#include "format.h"

/* In the order of trying: what costs most comes last. */
enum filter_kind {
	FILTER_EVENT,
	FILTER_DECISION,
	FILTER_BY,
	FILTER_OP,
	FILTER_UID,
	FILTER_LOGINUID,
	FILTER_PID,
	FILTER_COMM,
	FILTER_EXE,
	FILTER_CGROUP,
	FILTER_UNIT,
	_FILTER_MAX,
};

/* Values of one kind: which member holds them depends on it. */
struct filter_values {
	bool given;
	uint64_t mask;	   /* of events, decisions, who decided or operations */
	uint32_t *numbers; /* owned */
	char **texts;	   /* owned, and each of them */
	size_t n;
};

struct filter {
	struct filter_values wanted[_FILTER_MAX];
	struct filter_values unwanted[_FILTER_MAX];
	unsigned int kinds; /* 1 << enum filter_kind of those with values */
	uint64_t since;	    /* CLOCK_BOOTTIME, ns */
	/* of these the masks of operations are made, so the caller finds them out before he adds
	 * any; a record's reason is compared by name */
	struct bpflock_operation operations[BPFLOCK_REASONS];
};

/* Returns whether a filter needs cgroups to be named. */
static inline bool filter_needs_cgroups(const struct filter *f)
{
	return f->kinds & (1U << FILTER_CGROUP | 1U << FILTER_UNIT);
}

bool filter_passes(const struct filter *f, const struct format_context *c, const struct event *e);
