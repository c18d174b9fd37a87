/* SPDX-License-Identifier: GPL-2.0-only */
/* A row of the table of verbs, and how one is looked up by the words of a command line. */
#pragma once

#include "ctl.h"
#include "options.h"

struct verb {
	const char *name;
	const char *operands; /* "" for none */
	const char *brief;    /* for the list of all, at most VERB_BRIEF_LEN bytes; NULL: a verb of two words */
	const char *help;
	const char *example; /* a whole command line, that is right wherever it is run */
	int min, max;	     /* operands */
	uint64_t accepts; /* options besides those that all take */
	ctl_fn run;
	uint64_t refuses; /* of those that all take */
	bool files; /* looks at files alone, or at texts of the kernel that anybody may read */
	bool writes; /* a file of the configuration */
	complete_fn complete; /* an operand; NULL: it is any text */
};

#define VERB_BRIEF_LEN 27

#define BIT(option) (1ULL << (option))
#define ANY	    (BIT(CTL_BPFFS) | BIT(CTL_JSON) | BIT(CTL_COLOR) | BIT(CTL_HELP) | BIT(CTL_VERSION))

/* Verbs and options of the program, which all that is made of them gets as an argument. */
struct verb_table {
	const struct verb *verbs;
	size_t n;
	struct option_info *options; /* the letter n is of one or another, see ctl-command.c */
	size_t n_options;
};

/* Bits of the options that go with it. */
uint64_t verb_options(const struct verb *v);

/* The verb that words[n] begin with, one or two of them: *ret_words. NULL: none. */
const struct verb *verb_find(const struct verb_table *t, char *const *words, int n, int *ret_words);

/* Returns whether word[len] is the first word of a verb of two. */
bool verb_begins(const struct verb *v, const char *word, size_t len);
