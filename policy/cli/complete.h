/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Completion by shells: the tables that are parsed by list the words, so the shells' own files know
 * nothing but how to ask: PROGRAM --complete WORD... prints what can stand in the place of the last
 * word, which may be empty or begun, a line each:
 *
 *	CANDIDATE<TAB>MEANING	the whole word
 *	<TAB>files		names of files can, too; in a word of option and value, as the value
 *	<TAB>directories	the same of directories
 *	<TAB>nospace		the word may go on behind each of them
 *
 * Behind a candidate that ends in = or / it goes on in any case.
 *
 * It needs no privilege and nothing loaded, changes nothing, and never fails: what cannot be found
 * out is no candidate.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "ruleset.h"

#define COMPLETE_IDS 64 /* of options */

struct completion {
	const char *before; /* what candidates leave as it is, as "--op=dev_mem,"; before_len bytes */
	size_t before_len;
	const char *word; /* what candidates begin with */
	const struct option_info *option; /* whose argument it is; NULL: an operand */
	char **operands; /* those before it */
	int n;
	/* arguments of the options before it, by id; "" for flags, NULL: not given */
	const char *given[COMPLETE_IDS];
	const void *arg; /* the program's */
};

struct complete_program {
	const struct option_info *options;
	size_t n_options;
	/* Whether an option goes with what is there */
	bool (*offers)(const struct completion *c, const struct option_info *row);
	complete_fn operand; /* NULL: it takes none */
	const void *arg; /* for both */
	uint64_t privileges; /* as capabilities_limit() */
};

/* Returns whether the command line asks for completion. */
bool complete_asked(int argc, char **argv);

/* Answers it, on stdout. Returns the exit status. */
int complete(const struct complete_program *p, int argc, char **argv);

/*
 * A candidate for c->word, if it begins like that; meaning may be NULL. What could steer a terminal
 * is none.
 */
void complete_add(const struct completion *c, const char *candidate, const char *meaning);

/* The word may go on behind what was added. */
void complete_open(void);

/* Moves len bytes of the word to what stands before it. */
void complete_skip(struct completion *c, size_t len);

/* Completes the last element of a list with commas by what add() adds. */
void complete_list(struct completion *c, complete_fn add);

/* Returns whether the list that complete_list() completes names this already. */
bool complete_listed(const struct completion *c, const char *name);

/* Names of files, or of directories alone: each a complete_fn. */
void complete_files(struct completion *c);
void complete_directories(struct completion *c);
