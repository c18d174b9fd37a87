// SPDX-License-Identifier: GPL-2.0-only
/*
 * Costs may grow with the number of cgroup rules, of readers that came and went, and of loads in a
 * row. Each is compared to the smallest of its kind.
 */
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <unistd.h>

#include "util.h"
#include "cgroup-rules.h"
#include "kernel-memory.h"
#include "measure.h"

#define STEPS_MAX 11
#define LATEST	  5 /* loads that a figure is the median of */

struct curve {
	const char *name;
	double values[STEPS_MAX][ROUNDS_MAX];
};

static const unsigned int rules_steps[] = { 1, 10, 100, 1000, 10000, CGROUP_RULES_MAX };
static const unsigned int reader_steps[] = { 1, 2, 4, 8, 16, 32, 64 };
/* Loads are counted from the second: the first one finds nothing to replace. */
static const unsigned int load_steps[] = { 2, 5, 10, 20, 50, 100, 200, 500, 1000 };

/* Times a decision about an operation that is allowed, ns. */
static double decision(void)
{
	uint64_t start = now();

	for (unsigned int i = 0; i < effort.calls; i++)
		if (iopl(3) < 0 || iopl(0) < 0)
			die("iopl");
	return (double)(now() - start) / effort.calls;
}

static void print_curve(struct curve *c, const unsigned int *steps, size_t n, unsigned int rounds)
{
	double first = median(c->values[0], rounds);

	for (size_t i = 0; i < n; i++) {
		char name[64];

		snprintf(name, sizeof(name), "growth/%s/%u", c->name, steps[i]);
		print_rounds(name, c->values[i], NULL, first, rounds, 0);
	}
}

static size_t up_to(const unsigned int *steps, size_t n, unsigned int limit)
{
	while (n > 1 && steps[n - 1] > limit)
		n--;
	return n;
}

static void by_rules(void)
{
	static struct curve decide = { .name = "decision-by-rules" },
			    set = { .name = "set-by-rules" },
			    one = { .name = "cgroup-set-by-rules" },
			    grant = { .name = "grant-by-rules" },
			    load = { .name = "load-by-rules" };
	size_t n =
		up_to(rules_steps, ARRAY_SIZE(rules_steps), effort.quick ? 1000 : CGROUP_RULES_MAX);
	unsigned int rounds = effort.quick ? 3 : 5;

	cgroup_rules_make_cgroups();
	for (size_t i = 0; i < n; i++)
		cgroup_rules_write(rules_steps[i]);
	cgroup_rules_move_task(true);
	for (unsigned int r = 0; r < rounds; r++) {
		for (size_t i = 0; i < n; i++) {
			char command[64];

			snprintf(command, sizeof(command),
				 "exec bpflock --config " CGROUP_RULES_FORMAT, rules_steps[i]);
			load.values[i][r] = timed(command, NULL);
			usleep(250000);
			decision();
			decide.values[i][r] = decision();
			set.values[i][r] = timed("exec bpflock-ctl set log=denied", NULL);
			one.values[i][r] = timed(
				"exec bpflock-ctl cgroup set /bench-rules/a/0 profile=baseline",
				NULL);
			grant.values[i][r] = timed(
				"exec bpflock-ctl grant dev_mem --cgroup /bench-rules/a/1 --for 1h",
				NULL);
			run(UNLOAD, NULL);
		}
	}
	cgroup_rules_move_task(false);
	print_curve(&decide, rules_steps, n, rounds);
	print_curve(&set, rules_steps, n, rounds);
	print_curve(&one, rules_steps, n, rounds);
	print_curve(&grant, rules_steps, n, rounds);
	print_curve(&load, rules_steps, n, rounds);
}

/* Each reads what there is, goes on for a while and goes. The ring is full in the end. */
static void by_readers(void)
{
	static struct curve decide = { .name = "decision-by-readers" },
			    show = { .name = "show-by-readers" };
	size_t n = up_to(reader_steps, ARRAY_SIZE(reader_steps), effort.quick ? 8 : 64);
	unsigned int readers = 0, rounds = 5;

	run("bpflock --profile privileged --coalesce 0", NULL);
	for (size_t i = 0; i < n; i++) {
		for (; readers < reader_steps[i]; readers++) {
			run("exec timeout --preserve-status 1 bpflock-log drain -o json 2>/dev/null",
			    NULL);
			decision();
		}
		for (unsigned int r = 0; r < rounds; r++) {
			decide.values[i][r] = decision();
			show.values[i][r] = timed("exec bpflock-log show -o json", NULL);
		}
	}
	run(UNLOAD, NULL);
	print_curve(&decide, reader_steps, n, rounds);
	print_curve(&show, reader_steps, n, rounds);
}

/* Policies that differ, in turns, so that each load changes what is in force. */
static void by_loads(void)
{
	static struct curve load = { .name = "load-by-loads" },
			    decide = { .name = "decision-by-loads" },
			    bytes = { .name = "memory-by-loads" };
	size_t n = up_to(load_steps, ARRAY_SIZE(load_steps), effort.quick ? 20 : 1000);
	double latest[LATEST] = {};
	unsigned int loads = 0;

	for (size_t i = 0; i < n; i++) {
		for (; loads < load_steps[i]; loads++)
			latest[loads % LATEST] =
				timed(loads % 2 ? "exec bpflock --profile privileged --log none"
						: "exec bpflock --profile privileged --log denied",
				      NULL);
		for (unsigned int l = 0; l < LATEST; l++)
			load.values[i][l] = latest[loads <= LATEST ? loads - 1 : l];
		usleep(250000);
		decision();
		decide.values[i][0] = decision();
		bytes.values[i][0] = kernel_memory().maps + kernel_memory().programs;
	}
	run(UNLOAD, NULL);
	print_curve(&load, load_steps, n, LATEST);
	print_curve(&decide, load_steps, n, 1);
	print_curve(&bytes, load_steps, n, 1);
}

void growth(void)
{
	by_rules();
	by_readers();
	by_loads();
}
