/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a policy file, taken apart. Pure: bytes in, assignments or diagnostics out. Strict on
 * purpose: a line that is not understood refuses the file, all of them are reported at once, and
 * nothing is ever cut short or guessed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "diagnostic.h"

#define PARSER_LINE_MAX 4096 /* bytes, without the newline */
#define PARSER_TEXT_MAX (16 << 20)

struct assignment {
	const char *section;
	const char *key;
	const char *value; /* without blanks around it; may be empty */
	unsigned int line;
	unsigned int section_column, key_column,
		value_column; /* the section's is in its own line */
};

/* Each section's head, whether or not anything is set in it. */
struct section {
	const char *name; /* all between the brackets: kimglock, cgroup "/path" */
	unsigned int line, column;
};

struct assignments {
	struct assignment *items; /* owned */
	size_t n;
	struct section *sections; /* owned */
	size_t n_sections;
	char *text; /* owned: what the items point into */
};

void parser_done(struct assignments *a);

/*
 * Parses text[len], which calls itself `source` in diagnostics. Returns whether there was no error;
 * *ret is set, and the caller's to free, in both cases: it then holds what could be understood.
 */
bool parser_parse(const char *text, size_t len, const char *source, struct assignments *ret,
		  struct diagnostics *d);
