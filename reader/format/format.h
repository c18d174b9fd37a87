/* SPDX-License-Identifier: GPL-2.0-only */
/* Events as text: what a line may say of an event, and the formats that say it. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "abi.h"
#include "decode.h"
#include "event.h"
#include "out.h"
#include "wallclock.h"

struct cgroups;
struct mounts;
struct field_selection;

struct format_context {
	struct out *out;
	struct wallclock *clock;
	const struct bpflock_operation *operations; /* [BPFLOCK_REASONS], of the records' kernel */
	uint32_t host_netns;			    /* of that kernel, inode number; 0: not known */
	bool color;
	unsigned int
		columns; /* that a line of `short` may take; 0: any number, and nothing is cut */
	bool days;	 /* before the first line of a day one with its date, in `short` */
	struct field_selection *selection; /* which fields; NULL: all that the format has */
	struct cgroups *cgroups;	   /* NULL: cgroups are not named */
	struct mounts *mounts;		   /* NULL: paths stay those inside their file systems */
};

/* From so many columns on lines of `short` have the uid and what settled a decision. */
#define FORMAT_WIDE 120

struct format {
	const char *name;
	const char *description;
	void (*write)(const struct format_context *c, const struct event *e); /* one whole line */
	bool fields;  /* made of fields, which can be chosen */
	bool cgroups; /* names cgroups */
	bool journal; /* entries for the journal, see journal.h, and no lines */
};

extern const struct format formats[];
extern const size_t formats_count;

const struct format *format_find(const char *name);

void format_classic(const struct format_context *c, const struct event *e);
void format_logfmt(const struct format_context *c, const struct event *e);
void format_json(const struct format_context *c, const struct event *e);
void format_short(const struct format_context *c, const struct event *e);
void format_journal(const struct format_context *c, const struct event *e);

/* Writes the text of `short` without the time, the unit, the colours and the columns. */
void format_message(const struct format_context *c, const struct event *e);

/* Everything that the machine-readable formats tell: a row per key, in the order of printing. */
enum value_type {
	VALUE_NONE, /* this event has no such field */
	VALUE_U64,
	VALUE_I64,
	VALUE_TRUE,
	VALUE_FALSE,
	VALUE_TIME,
	VALUE_OPERATIONS, /* a mask in u: their names, comma-separated */
	VALUE_WORD,	  /* a constant text of ours: ASCII, nothing in it to be escaped */
	VALUE_BYTES,	  /* any other text: any bytes but NUL */
};

struct value {
	enum value_type type;
	union {
		uint64_t u;
		int64_t i;
		const char *s;
	};
	size_t len; /* of s; of VALUE_WORD only when it is written */
};

typedef void (*field_get_fn)(const struct format_context *c, const struct event *e,
			     struct value *ret_value);

struct field {
	const char *name;   /* its key, in capitals in the journal */
	unsigned int kinds; /* of events that have it, 1 << enum event_kind */
	field_get_fn get;
	bool not_logfmt; /* there only if it was asked for */
	bool differs;	 /* from record to record */
};

extern const struct field fields[];
extern const size_t fields_count;

/* A value that is no text, as logfmt and the journal have it. */
void fields_plain(const struct format_context *c, const struct value *v);
