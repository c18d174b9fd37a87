/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Diagnostics are the messages of parsers, which collect them here and never print. One error means
 * that nothing of the input may be used; warnings alone do not.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "util.h"

/*
 * A place is the position of a text. line 0: the source has no lines (an option, a variable). Both
 * count from 1.
 */
struct place {
	const char *source; /* "/etc/bpflock/bpflock.conf", "--block", "BPFLOCK_KIMGLOCK_BLOCK" */
	unsigned int line;
	unsigned int column;
};

struct diagnostic {
	bool error; /* else a warning */
	char *text; /* place and message, control bytes escaped; owned */
};

struct diagnostics {
	struct diagnostic *items; /* owned */
	size_t n;
	size_t errors;
};

#define DIAGNOSTICS_INIT   \
	{                  \
		NULL, 0, 0 \
	}

void diagnostics_done(struct diagnostics *d);

/* If memory runs out, the count of errors still grows, so a refusal is never lost. */
void diagnostic_error(struct diagnostics *d, const struct place *at, const char *fmt, ...)
	PRINTF(3, 4);
void diagnostic_warning(struct diagnostics *d, const struct place *at, const char *fmt, ...)
	PRINTF(3, 4);

/*
 * "unknown operation "debugsf": did you mean debugfs?" in one place, or "...: use debugfs, kexec or
 * msr" if none is near: what is the kind of word ("operation"), words[n] those that exist.
 */
void diagnostic_unknown(struct diagnostics *d, const struct place *at, const char *what,
			const char *word, size_t len, const char *const *words, size_t n);

/* The text of the first error, NULL if there is none or memory ran out. It stays d's. */
const char *diagnostics_first_error(const struct diagnostics *d);

/* One line each, "PROGRAM: [warning: ]PLACE: MESSAGE". */
void diagnostics_print(const struct diagnostics *d, FILE *f, const char *program);

/* Prints the same for a call that changes nothing because of the errors: the last one says so. */
void diagnostics_print_unchanged(const struct diagnostics *d, FILE *f, const char *program);
