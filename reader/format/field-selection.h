/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A selection of fields is what a format prints of each kind of event, with the keys as it writes
 * them.
 */
#pragma once

#include "diagnostic.h"
#include "format.h"

#define FIELD_SELECTION_MAX 64

enum field_selection_style {
	FIELD_SELECTION_JSON,	 /* ,"key": */
	FIELD_SELECTION_LOGFMT,	 /*  key= */
	FIELD_SELECTION_JOURNAL, /* BPFLOCK_KEY */
	_FIELD_SELECTION_MAX,
};

struct field_selection_row {
	const struct field *field;
	size_t len;
	char key[OUT_CHUNK + 1]; /* out_chunk() may start behind its first byte */
};

struct field_selection {
	size_t n[_EVENT_MAX];
	struct field_selection_row rows[_EVENT_MAX][FIELD_SELECTION_MAX];
};

/* A choice of fields, in the order of printing. */
struct choice {
	const struct field *fields[FIELD_SELECTION_MAX];
	size_t n;
};

/* Adds the fields of a comma-separated list; Whether all exist. */
bool field_selection_parse(struct choice *c, const char *list, struct diagnostics *d);

/*
 * Lays out a selection. choice: NULL for all of the style. The reader's own lines are laid out
 * whole in any case, so that no choice hides what they say.
 */
void field_selection_init(struct field_selection *l, enum field_selection_style style,
			  const struct choice *choice);

/* The context's, else all of the style. */
const struct field_selection *field_selection_of(const struct format_context *c,
						 enum field_selection_style style);
