// SPDX-License-Identifier: GPL-2.0-only
/* --help: what fits a screen of 80x24. The rest is in bpflock-ctl(8). */
#include "ctl-help.h"

#include <string.h>

/* The rows of options that are in the mask. */
static void print_options(const struct verb_table *t, uint64_t mask)
{
	struct option_info rows[_CTL_OPTION_MAX];
	size_t n = 0;

	for (size_t i = 0; i < t->n_options && n < ARRAY_SIZE(rows); i++)
		if ((mask & BIT(t->options[i].id)) && !t->options[i].now)
			rows[n++] = t->options[i];
	options_print(stdout, rows, n);
}

/* Verbs of two words with the same first one follow each other in the table. */
static bool shares_line(const struct verb_table *t, size_t i)
{
	size_t len = strcspn(t->verbs[i].name, " ");

	return i > 0 && t->verbs[i].name[len] && verb_begins(&t->verbs[i - 1], t->verbs[i].name, len);
}

/* A line's half is "NAME BRIEF" or, for verbs of two words, "FIRST SECOND|SECOND". */
static void describe_row(const struct verb_table *t, size_t i, char *text, size_t size)
{
	const struct verb *v = &t->verbs[i];
	int len = strcspn(v->name, " "), n;

	if (!v->name[len]) {
		snprintf(text, size, "%-11s %.*s", v->name, VERB_BRIEF_LEN, v->brief);
		return;
	}
	n = snprintf(text, size, "%-11.*s %s", len, v->name, v->name + len + 1);
	while (++i < t->n && shares_line(t, i) && n > 0 && (size_t)n < size)
		n += snprintf(text + n, size - n, "|%s", t->verbs[i].name + len + 1);
}

static void print_verbs(const struct verb_table *t)
{
	char rows[64][40];
	size_t n = 0, half;

	for (size_t i = 0; i < t->n && n < ARRAY_SIZE(rows); i++)
		if (!shares_line(t, i))
			describe_row(t, i, rows[n++], sizeof(rows[0]));
	half = (n + 1) / 2;
	for (size_t i = 0; i < half; i++)
		printf(half + i < n ? "%-39s %s\n" : "%s\n", rows[i], rows[half + i]);
}

void ctl_help(const struct verb_table *t)
{
	puts("Usage: " CTL_PROGRAM " [OPTION...] VERB [OPERAND...]\n"
	     "Show, explain and change the policy of bpflock. See VERB --help, bpflock-ctl(8).\n");
	print_verbs(t);
	print_options(t, ANY);
}

void ctl_help_group(const struct verb_table *t, const char *first)
{
	puts("Usage:");
	for (size_t i = 0; i < t->n; i++)
		if (verb_begins(&t->verbs[i], first, strlen(first)))
			printf("  " CTL_PROGRAM " %s%s%s\n\t%s\n", t->verbs[i].name,
			       t->verbs[i].operands[0] ? " " : "", t->verbs[i].operands,
			       t->verbs[i].help);
	puts("More: " CTL_PROGRAM " VERB --help, bpflock-ctl(8).");
}

void ctl_help_verb(const struct verb_table *t, const struct verb *v)
{
	printf("Usage: " CTL_PROGRAM " %s%s%s [OPTION...]\n%c%s.\n\n", v->name,
	       v->operands[0] ? " " : "", v->operands, v->help[0] & ~0x20, v->help + 1);
	print_options(t, verb_options(v));
	printf("\nExample: %s\nMore: bpflock-ctl(8).\n", v->example);
}
