/* SPDX-License-Identifier: GPL-2.0-only */
/* The lines of difference.c, as text on standard output or as JSON. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "difference.h"

#define DIFFERENCE_SECTION_LEN (PATH_MAX + 16)

/* The collected output. */
struct difference_output {
	const struct difference *d;
	struct json *json;		      /* NULL: text */
	size_t n, grants, directions;	      /* lines of each kind; n: settings */
	bool opens, closes;		      /* at least one operation, to some tasks */
	bool headed;			      /* both sides were named */
	char section[DIFFERENCE_SECTION_LEN]; /* that was printed last */
};

/* The operations of a grant that begins or ends, by what that changes for them. */
struct difference_effect {
	uint64_t denied, anyway, latched;
};

/*
 * Adds a setting that differs. path: of the cgroup whose rule set has it, NULL: the host's. old,
 * new: NULL if that side does not have it.
 */
void difference_output_key(struct difference_output *out, const char *path,
			   const char *host_section, const char *key, const char *old,
			   const char *new);

/* Says how many of n lines were not printed, as text. */
void difference_output_rest(const struct difference_output *out, size_t n, const char *kind);

/* Adds the operations, if there are any, that are opened or closed (verb) to tasks of a cgroup;
 * "/": to the others. */
void difference_output_direction(struct difference_output *out, const char *verb, uint64_t mask,
				 const char *path, const char *whom);

/* Adds a grant that is given, or that ends. */
void difference_output_grant(struct difference_output *out, const struct grant *g, bool given,
			     const struct difference_effect *e);

/* Ends the text with the side that is stricter. */
void difference_output_end(const struct difference_output *out);
