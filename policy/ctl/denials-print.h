/* SPDX-License-Identifier: GPL-2.0-only */
/* Denials as text and as JSON, for the verbs that show them. */
#pragma once

#include "denial-cure.h"
#include "json.h"

struct denials_print {
	const struct bpflock_operation *ops;
	int64_t offset;			   /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	const struct policy *policy;	   /* the active one; NULL: it cannot be read */
	const struct bpflock_latch *latch; /* NULL: the same */
};

/* Prints the cure as people read it, see denial-cure.h; `hint: COMMAND` where there is one. On
 * stdout. */
void denials_print_cure(const struct denials_print *p, const struct denial *d,
			const struct denial_advice *a);

/* Several lines: when, what, who, by which rule, and how it could be allowed; *day is the day of
 * the line before. */
void denials_print_text(const struct denials_print *p, const struct denial *d,
			const struct denial_advice *a, char *day);

/* "11:00:00 DENY dev_mem head[144], cron.service, 3 times", without the end of the line; with the
 * day if that is over. */
void denials_print_line(FILE *f, const struct denials_print *p, const struct denial *d);

/* Writes one object. a: NULL: without a cure. */
void denials_print_json(const struct denials_print *p, struct json *j, const struct denial *d,
			const struct denial_advice *a);
