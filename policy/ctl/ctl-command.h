/* SPDX-License-Identifier: GPL-2.0-only */
/* The command line of bpflock-ctl: which verb it names, by which of its names, and what it lacks. */
#pragma once

#include "diagnostic.h"
#include "verb.h"

#define CTL_COMMAND_OPERANDS 64

struct ctl_command {
	struct ctl ctl;
	char *words[CTL_COMMAND_OPERANDS + 2]; /* that are not options; one of them may become a verb */
	int n_words;
	const char *pointer; /* the command to type instead, if a word is of another tool; else NULL */
};

/* Parses the options. "help" as the first word is --help, and no word at all is the verb status. */
void ctl_command_parse(const struct verb_table *t, int argc, char **argv, struct ctl_command *c,
		       struct diagnostics *d);

/* Finds the verb and checks its operands and options. NULL, diagnosed: there is none. */
const struct verb *ctl_command_verb(const struct verb_table *t, struct ctl_command *c,
				    struct diagnostics *d);

/* Prints what --help or --version asks for. An unknown verb is diagnosed. */
void ctl_command_inform(const struct verb_table *t, struct ctl_command *c, struct diagnostics *d);
