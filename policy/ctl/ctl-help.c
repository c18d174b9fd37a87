// SPDX-License-Identifier: GPL-2.0-only
/* --help: what fits a screen of 80x24. The rest is in bpflock-ctl(8). */
#include "ctl-help.h"

/* The rows of options that are in the mask. */
static void print_options(const struct verb_table *t, unsigned int mask)
{
	for (size_t i = 0; i < t->n_options; i++)
		if (mask & BIT(t->options[i].id))
			options_print(stdout, &t->options[i], 1);
}

void ctl_help(const struct verb_table *t)
{
	size_t half = (t->n + 1) / 2;

	puts("Usage: " CTL_PROGRAM " [OPTION...] VERB [OPERAND...]\n"
	     "Show, explain and change what bpflock enforces.\n");
	for (size_t i = 0; i < half; i++) {
		printf("%-15s %-*s", t->verbs[i].name, VERB_BRIEF_LEN, t->verbs[i].brief);
		if (half + i < t->n)
			printf(" %-15s %s", t->verbs[half + i].name, t->verbs[half + i].brief);
		putchar('\n');
	}
	putchar('\n');
	print_options(t, ANY);
	puts("More: " CTL_PROGRAM " VERB --help, bpflock-ctl(8).");
}

void ctl_help_verb(const struct verb_table *t, const struct verb *v)
{
	printf("Usage: " CTL_PROGRAM " %s%s%s [OPTION...]\n%c%s.\n\n", v->name,
	       v->operands[0] ? " " : "", v->operands, v->help[0] & ~0x20, v->help + 1);
	print_options(t, verb_options(v));
	printf("\nExample: %s\nMore: bpflock-ctl(8).\n", v->example);
}
