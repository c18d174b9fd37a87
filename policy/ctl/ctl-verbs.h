/* SPDX-License-Identifier: GPL-2.0-only */
/* The tables of ctl.c, for what else is made of them: help and completion. */
#pragma once

#include "ctl.h"
#include "options.h"

struct verb {
	const char *name;
	const char *operands; /* "" for none */
	const char *brief;    /* for the list of all, at most VERB_BRIEF_LEN bytes */
	const char *help;
	const char *example; /* a whole command line, that is right wherever it is run */
	int min, max;	     /* operands */
	unsigned int accepts; /* options besides those that all take */
	ctl_fn run;
	unsigned int refuses; /* of those that all take */
	bool files; /* looks at files alone, or at texts of the kernel that anybody may read */
	complete_fn complete; /* an operand; NULL: it is any text */
};

#define VERB_BRIEF_LEN 23

#define BIT(option) (1U << (option))
#define ANY	    (BIT(CTL_BPFFS) | BIT(CTL_JSON) | BIT(CTL_HELP) | BIT(CTL_VERSION))

extern const struct verb verbs[];
extern const size_t verbs_count;
extern const struct option_info ctl_options[];
extern const size_t ctl_options_count;

/* Bits of the options that go with it. */
unsigned int verb_options(const struct verb *v);

/* The verb that words[n] begin with, one or two of them: *ret_words. NULL: none. */
const struct verb *verb_find(char *const *words, int n, int *ret_words);

/* Whether word[len] is the first word of a verb of two. */
bool verb_begins(const struct verb *v, const char *word, size_t len);

/* The whole of it, or one verb's, on stdout. */
void ctl_help(void);
void ctl_help_verb(const struct verb *v);

int ctl_complete(int argc, char **argv);

/* Words that only bpflock-ctl completes: operands and arguments of its options. */
void ctl_complete_assignments(struct completion *c);
void ctl_complete_cgroup_assignments(struct completion *c);
void ctl_complete_rules(struct completion *c); /* cgroups that have a rule set, and others */
void ctl_complete_grants(struct completion *c);
void ctl_complete_generation(struct completion *c);
void ctl_complete_format(struct completion *c);
