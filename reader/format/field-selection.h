/* SPDX-License-Identifier: GPL-2.0-only */
/* Which fields a format prints of each kind of event, with their keys as it writes them. */
#pragma once

#include "diagnostic.h"
#include "format.h"

#define LAYOUT_MAX 48

enum layout_style {
	LAYOUT_JSON,	/* ,"key": */
	LAYOUT_LOGFMT,	/*  key= */
	LAYOUT_JOURNAL, /* BPFLOCK_KEY */
	_LAYOUT_MAX,
};

struct layout_row {
	const struct field *field;
	size_t len;
	char key[OUT_CHUNK + 1]; /* out_chunk() may start behind its first byte */
};

struct layout {
	size_t n[_EVENT_MAX];
	struct layout_row rows[_EVENT_MAX][LAYOUT_MAX];
};

/* A choice of fields, in the order of printing. */
struct choice {
	const struct field *fields[LAYOUT_MAX];
	size_t n;
};

/* Adds the fields of a comma-separated list; a key of either format will do. Whether all exist. */
bool choice_parse(struct choice *c, const char *list, struct diagnostics *d);

/*
 * choice: NULL for all of the style. The reader's own lines are laid out whole in any case, so that
 * no choice hides what they say.
 */
void layout_init(struct layout *l, enum layout_style style, const struct choice *choice);

/* The context's, else all of the style. */
const struct layout *layout_of(const struct format_context *c, enum layout_style style);
