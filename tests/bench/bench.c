// SPDX-License-Identifier: GPL-2.0-only
/*
 * This program runs in a guest and prints a line for each figure, NAME RATIO TARGET MEDIAN_NS,
 * with "-" for no target. tests/bench/run makes a table of them; README.md here says what they mean.
 */
#include <stdio.h>
#include <string.h>

#include "util.h"
#include "floor.h"
#include "measure.h"

static void sealed(void)
{
	run("bpflock --profile baseline --log denied --seal yes", NULL);
	hook_sealed();
	bystander_sealed();
}

enum where {
	IN_TIME = 1,	     /* where the clock tells the time */
	IN_INSTRUCTIONS = 2, /* and where it counts instructions */
	WITHOUT_A_GUEST = 4, /* only if it is asked for by name */
};

static const struct {
	const char *name;
	void (*run)(void);
	unsigned int where;
} parts[] = {
	{ "hook", hook, IN_TIME | IN_INSTRUCTIONS },
	{ "bystander", bystander, IN_TIME | IN_INSTRUCTIONS },
	{ "loader", loader, IN_TIME | IN_INSTRUCTIONS },
	{ "reader", reader, IN_TIME },
	{ "follow", follow, IN_TIME },
	{ "exec", exec_tracing, IN_TIME },
	{ "memory", memory, IN_TIME },
	{ "growth", growth, IN_TIME },
	{ "sealed", sealed, IN_INSTRUCTIONS }, /* until reboot: the last one in a guest */
	{ "formats", formats_in_memory, WITHOUT_A_GUEST },
	{ "own", own_share, WITHOUT_A_GUEST },
};

int main(int argc, char **argv)
{
	const char *only = NULL;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "floor") == 0) {
			floor_load();
			return 0;
		}
		if (strcmp(argv[i], "--quick") == 0)
			effort = (struct effort){
				.quick = true, .rounds = 5, .calls = 5000, .execs = 1000
			};
		else if (strcmp(argv[i], "--instructions") == 0)
			effort =
				(struct effort){ .instructions = true, .rounds = 3, .calls = 2000 };
		else
			only = argv[i];
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		bool wanted = parts[i].where & (effort.instructions ? IN_INSTRUCTIONS : IN_TIME);

		if (only ? strcmp(only, parts[i].name) == 0 : wanted)
			parts[i].run();
	}
	return 0;
}
