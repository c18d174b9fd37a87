/* SPDX-License-Identifier: GPL-2.0-only */
/* What main.c hands to the verbs, and what both do at their end. */
#pragma once

#include <stdbool.h>

#include "exit-status.h"
#include "field-selection.h"
#include "stream.h"

struct request {
	const char *bpffs;
	const struct format *format;
	const struct field_selection *selection; /* NULL: the whole format */
	const struct filter *filter; /* NULL: everything passes */
	struct cgroups *cgroups;     /* NULL: not named */
	bool utc;
	bool color;
	bool narrow;
};

enum exit_status tail_run(const struct request *request);
enum exit_status show_run(const struct request *request);

/* The exit status of a failed output_write(), explained unless it is the reader's choice. */
enum exit_status output_failed(int error);

/* A line on stderr for the records that had to be skipped, if there were any. */
void message_invalid_records(const struct stream *f);
