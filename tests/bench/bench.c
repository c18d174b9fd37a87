// SPDX-License-Identifier: GPL-2.0-only
/*
 * This program runs in a guest and prints a line for each figure, NAME RATIO TARGET MEDIAN_NS,
 * with "-" for no target. tests/bench/run makes a table of them; README.md here says what they
 * mean.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "floor.h"
#include "measure.h"

static void sealed(void)
{
	/* as the other quiet decisions: without the programs that look for refusals by others */
	run("bpflock --profile baseline --log denied --log-others no --seal yes", NULL);
	hook_sealed();
	bystander_sealed();
}

enum where {
	IN_TIME,	 /* where the clock tells the time */
	IN_INSTRUCTIONS, /* where it counts instructions */
	WITHOUT_A_GUEST, /* only if it is asked for by name */
};

static const struct {
	const char *name;
	void (*run)(void);
	enum where where;
} parts[] = {
	{ "hook", hook, IN_INSTRUCTIONS },
	{ "bystander", bystander, IN_INSTRUCTIONS },
	{ "loader", loader, IN_INSTRUCTIONS },
	{ "exec", exec_tracing, IN_INSTRUCTIONS },
	{ "reader", reader, IN_TIME },
	{ "follow", follow, IN_TIME },
	{ "memory", memory, IN_TIME },
	{ "growth", growth, IN_TIME },
	{ "sealed", sealed, IN_INSTRUCTIONS }, /* until reboot: the last one in a guest */
	{ "formats", formats_in_memory, WITHOUT_A_GUEST },
	{ "own", own_share, WITHOUT_A_GUEST },
};

int main(int argc, char **argv)
{
	const struct effort instructions = { .instructions = true,
					     .rounds = 3,
					     .calls = 2000,
					     .execs = 300 },
			    quick = { .quick = true, .rounds = 5, .calls = 5000, .execs = 1000 };
	enum where here = IN_TIME;
	const char *only = NULL;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "floor") == 0) {
			floor_load();
			return 0;
		}
		if (strcmp(argv[i], "ask") == 0 && i + 1 < argc) {
			hook_ask(strtoul(argv[i + 1], NULL, 10));
			return 0;
		}
		if (strcmp(argv[i], "--quick") == 0)
			effort = quick;
		else if (strcmp(argv[i], "--instructions") == 0)
			here = IN_INSTRUCTIONS;
		else
			only = argv[i];
	}
	if (here == IN_INSTRUCTIONS) {
		bool one_round = effort.quick;

		effort = instructions;
		effort.quick = one_round;
		effort.rounds = one_round ? 1 : effort.rounds;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (only ? strcmp(only, parts[i].name) == 0 : parts[i].where == here)
			parts[i].run();
	}
	return 0;
}
