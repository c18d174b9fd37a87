// SPDX-License-Identifier: GPL-2.0-only
/* --help: what fits a screen of 80x24. The rest is in bpflock-ctl(8). */
#include "ctl-verbs.h"

/* The rows of options that are in the mask. */
static void print_options(unsigned int mask)
{
	for (size_t i = 0; i < ctl_options_count; i++)
		if (mask & BIT(ctl_options[i].id))
			options_print(stdout, &ctl_options[i], 1);
}

void ctl_help(void)
{
	size_t half = (verbs_count + 1) / 2;

	puts("Usage: " CTL_PROGRAM " [OPTION...] VERB [OPERAND...]\n"
	     "Show, explain and change what bpflock enforces.\n");
	for (size_t i = 0; i < half; i++) {
		printf("%-15s %-*s", verbs[i].name, VERB_BRIEF_LEN, verbs[i].brief);
		if (half + i < verbs_count)
			printf(" %-15s %s", verbs[half + i].name, verbs[half + i].brief);
		putchar('\n');
	}
	putchar('\n');
	print_options(ANY);
	puts("More: " CTL_PROGRAM " VERB --help, bpflock-ctl(8).");
}

void ctl_help_verb(const struct verb *v)
{
	printf("Usage: " CTL_PROGRAM " %s%s%s [OPTION...]\n%c%s.\n\n", v->name,
	       v->operands[0] ? " " : "", v->operands, v->help[0] & ~0x20, v->help + 1);
	print_options(verb_options(v));
	printf("\nExample: %s\nMore: bpflock-ctl(8).\n", v->example);
}
