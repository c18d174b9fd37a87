/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A selection of fields is what a format prints of each kind of event, with the keys as it writes
 * them. Most fields of a record are those of the one before, so each number and constant is kept
 * as it was written last, and each text that is not too long.
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
	field_get_fn get;	   /* the field's */
	enum value_type kept_type; /* VALUE_NONE: nothing is kept */
	uint64_t kept_value;	   /* its u, or where the constant is; of VALUE_BYTES the length */
	size_t kept_len;
	char kept[OUT_KEPT]; /* the key, the value, and all that the format writes behind it */
	size_t kept_at;	     /* where the text of VALUE_BYTES begins in it */
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

/* Writes a value behind its key. */
typedef void (*field_selection_value_fn)(const struct format_context *c, const struct field *f,
					 const struct value *v);

/*
 * Writes the fields that an event has: of the context's selection, else all of the style. What is
 * between two of them is left out before the first one.
 */
void field_selection_write(const struct format_context *c, enum field_selection_style style,
			   const struct event *e, field_selection_value_fn write);
