/* SPDX-License-Identifier: GPL-2.0-only */
/* The request that main.c hands to reading.c, and the messages at its end. */
#pragma once

#include <stdbool.h>

#include "exit-status.h"
#include "field-selection.h"

struct request {
	const char *bpffs;
	const struct format *format;
	int64_t since;			   /* CLOCK_REALTIME, ns; 0: from the beginning */
	struct field_selection *selection; /* NULL: the whole format */
	struct filter *filter;		   /* NULL: everything passes; since is set by reading.c */
	struct cgroups *cgroups;	   /* NULL: not named */
	bool utc;
	bool quiet; /* no summary at the end */
	bool color;
	unsigned int columns; /* of a line of `short`; 0: any number */
};

enum reading_way {
	READING_DRAIN,	/* take records out, until a signal */
	READING_FOLLOW, /* look, until a signal */
	READING_SHOW,	/* look once */
};

enum exit_status reading_run(const struct request *request, enum reading_way way);
