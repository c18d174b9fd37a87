// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: metrics-sample openmetrics|prometheus: prints all metrics there are, of numbers that tell from where
 * they come and of labels that are as hostile as they get, for metrics.py.
 */
#include <stdio.h>
#include <string.h>

#include "metrics.h"
#include "operations.h"
#include "ruleset.h"
#include "util.h"

#define HOSTILE "\"} 1\n# EOF\n\\n{a=\"b\"}, \x1b[2J \xff \xe2\x82 \xc3\xbc"

static struct bpflock_operation operations[BPFLOCK_REASONS];
static struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
static struct bpflock_policy policy;

int main(int argc, char **argv)
{
	struct metrics m = {
		.known = METRICS_POLICY | METRICS_ENFORCING | METRICS_BOOT,
		.tool_version = "1.0",
		.collected = 1700000000,
		.up = 1,
		.loader_version = HOSTILE,
		.policy = &policy,
		.operations = operations,
		.counters = counters,
		.kernel_lockdown = "none",
		.ring_size = 65536,
		.ring_used = 512,
		.class_size = { 32768, 8192, 4096, 8192, 4096 },
		.class_used = { 256, 128, 0, 128, 0 },
	};

	operations_assume(operations);
	ruleset_init(&policy);
	for (size_t i = 0; i < BPFLOCK_COUNTERS_MAX; i++)
		counters[i] = (struct bpflock_counters){ { i, 1000 + i, 2000 + i }, 3000, 4000, 5000, 6000 };
	for (size_t f = 0; argc == 2 && f < _METRICS_FORMAT_MAX; f++) {
		if (strcmp(argv[1], metrics_formats[f]) != 0)
			continue;
		metrics_write(stdout, f, &m);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	fputs("usage: metrics-sample openmetrics|prometheus\n", stderr);
	return 2;
}
