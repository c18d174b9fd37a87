/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of bpflock-log, checked. */
#pragma once

#include <stdbool.h>

#include "diagnostic.h"
#include "field-selection.h"
#include "filter.h"
#include "options.h"

struct command {
	const char *verb;
	const struct format *format; /* NULL: not said */
	const char *bpffs;	     /* the same */
	struct choice fields;	     /* none: all */
	struct filter filter;
	const char *since; /* NULL: not said */
	int64_t since_time; /* the same as CLOCK_REALTIME, ns, from 1 on; 0: not said */
	bool utc;
	bool quiet;
	bool help;
	bool version;
};

/* Parses the command line; errors are put into d. */
void command_parse(struct command *c, int argc, char **argv, struct diagnostics *d);
void command_done(struct command *c);

/* Completion of a word; verbs adds those that a command line begins with. Returns the exit status. */
int command_complete(complete_fn verbs, int argc, char **argv);

/* The options as --help prints them. */
void command_print_options(FILE *f);
