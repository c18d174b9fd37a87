// SPDX-License-Identifier: GPL-2.0-only
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "floors.h"
#include "util.h"

struct effort effort = { .rounds = 15, .calls = 20000, .execs = 5000 };

void die(const char *what)
{
	fprintf(stderr, "bpflock-bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, unsigned int n)
{
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void run(const char *command, struct rusage *usage)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(127);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, usage) != pid)
		die("cannot run a command");
	if (status != 0) {
		fprintf(stderr, "bpflock-bench: %s: status %d\n", command, status);
		exit(1);
	}
}

double timed(const char *command, struct rusage *usage)
{
	uint64_t start = now();

	run(command, usage);
	return now() - start;
}

double cpu_of(pid_t pid)
{
	struct timespec t;
	clockid_t id;

	if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) < 0)
		die("the CPU clock of a process");
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void enter(const struct variant *v)
{
	if (v->enter && strncmp(v->enter, FLOOR, strlen(FLOOR)) == 0)
		floors_attach(v->enter + strlen(FLOOR));
	else if (v->enter)
		run(v->enter, NULL);
	/* what loading and unloading set going in the kernel comes to rest */
	usleep(250000);
}

static void leave(const struct variant *v)
{
	floors_detach();
	if (v->leave)
		run(v->leave, NULL);
}

static double duration(const struct call *call)
{
	unsigned int n = effort.calls / call->weight;
	uint64_t start;

	call->run(n); /* warm */
	start = now();
	call->run(n);
	return (double)(now() - start) / n;
}

void measure(struct variant *variants, size_t n, const struct call *calls, size_t m)
{
	double(*values)[CALLS_MAX][ROUNDS_MAX] = calloc(n, sizeof(*values));

	if (!values)
		die("no memory");
	for (unsigned int r = 0; r < effort.rounds; r++)
		for (size_t v = 0; v < n; v++) {
			enter(&variants[v]);
			for (size_t c = 0; c < m; c++)
				values[v][c][r] = duration(&calls[c]);
			leave(&variants[v]);
		}
	for (size_t v = 0; v < n; v++)
		for (size_t c = 0; c < m; c++)
			variants[v].medians[c] = median(values[v][c], effort.rounds);
	free(values);
}

/* In place of a number that there is not stands "-". */
static const char *number(char text[32], const char *format, bool known, double value)
{
	snprintf(text, 32, known ? format : "-", value);
	return text;
}

static void print_line(const char *name, double ratio, double spread, double target, double median)
{
	char as_spread[32], as_target[32], as_median[32];

	printf("%s %.3f %s %s %s %s\n", name, ratio, number(as_spread, "%.3f", spread >= 0, spread),
	       number(as_target, "%.2f", target > 0, target),
	       number(as_median, "%.0f", median > 0, median),
	       median <= 0	     ? "-"
	       : effort.instructions ? "instructions"
				     : "ns");
	fflush(stdout);
}

void print(const char *name, double ratio, double target, double median)
{
	print_line(name, ratio, -1, target, median);
}

void print_rounds(const char *name, const double *values, const double *units, double scale,
		  unsigned int n, double target)
{
	double ratios[ROUNDS_MAX], sorted[ROUNDS_MAX], ratio;

	for (unsigned int i = 0; i < n; i++) {
		ratios[i] = values[i] / (units ? units[i] * scale : scale);
		sorted[i] = values[i];
	}
	ratio = median(ratios, n); /* which sorts them */
	print_line(name, ratio, n < 3 ? -1 : (ratios[n - 1 - n / 4] - ratios[n / 4]) / ratio,
		   target, median(sorted, n));
}
