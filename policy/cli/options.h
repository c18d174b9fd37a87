/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Command lines from a table: exact names only. getopt_long(3) accepts any unique beginning of a
 * name, so a typo or tomorrow's new option would change what a script means today.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "diagnostic.h"

/* Prints what a word can be, see complete.h. */
struct completion;
typedef void (*complete_fn)(struct completion *c);

struct option_info {
	const char *name;     /* without the dashes */
	char letter;	      /* 0: none */
	const char *argument; /* its placeholder in --help, NULL for a flag */
	const char *help;
	int id; /* what options_next() returns, > 0 */
	complete_fn complete; /* its argument; NULL: any text, or a flag */
	bool optional;	      /* the argument: then only as "--name=value" */
	const char *now;      /* the name of today, of a row that is only there for older command lines */
};

enum {
	OPTIONS_END = 0,
	OPTIONS_ERROR = -1,   /* diagnosed */
	OPTIONS_OPERAND = -2, /* a word that is not an option; *ret_value is it */
};

struct options {
	int argc;
	char **argv;
	const struct option_info *table;
	size_t n;
	int next; /* index in argv; where an error is found it names argv[next - 1] */
	bool only_operands;
	struct diagnostics *d;
};

void options_init(struct options *o, int argc, char **argv, const struct option_info *table,
		  size_t n, struct diagnostics *d);

/*
 * The next option's id, or one of the above. *ret_value points into argv: the argument of an option
 * that takes one ("--name value", "--name=value", "-n value"), NULL for a flag. An old name is warned
 * of. -? is -h.
 */
int options_next(struct options *o, const char **ret_value);

/*
 * Takes the whole command line. take() is handed each operand and option in their order, and returns
 * whether it has taken it: it takes operands, and options that add up. Other options are put into
 * given[id], "" for a flag; the same one twice is diagnosed.
 */
typedef bool (*options_take_fn)(void *arg, int id, const char *value, struct diagnostics *d);
void options_collect(struct options *o, const char *given[], options_take_fn take, void *arg);

/* The row of an id, for messages. */
const struct option_info *options_row(const struct option_info *table, size_t n, int id);

/* The rows as --help prints them, old names left out. */
void options_print(FILE *f, const struct option_info *table, size_t n);
