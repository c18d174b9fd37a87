// SPDX-License-Identifier: GPL-2.0-only
#include "measure.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* These are of the empty program, while it is attached. */
static int empty_prog = -1, empty_link = -1;

static void attach_empty(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_MAC);
	static int btf_id;

	if (!btf_id)
		btf_id = libbpf_find_vmlinux_btf_id("locked_down", BPF_LSM_MAC);
	opts.attach_btf_id = btf_id;
	empty_prog = bpf_prog_load(BPF_PROG_TYPE_LSM, "empty", "GPL", insns, 2, &opts);
	if (empty_prog < 0)
		die("cannot load the empty program");
	empty_link = bpf_link_create(empty_prog, 0, BPF_LSM_MAC, NULL);
	if (empty_link < 0)
		die("cannot attach the empty program");
}

static void detach_empty(void)
{
	close(empty_link);
	close(empty_prog);
	usleep(200000); /* detached within about 100 ms */
}

static void enter(const struct variant *v)
{
	if (v->enter && strcmp(v->enter, EMPTY_PROGRAM) == 0)
		attach_empty();
	else if (v->enter)
		run(v->enter, NULL);
	/* what loading and unloading set going in the kernel comes to rest */
	usleep(250000);
}

static void leave(const struct variant *v)
{
	if (v->enter && strcmp(v->enter, EMPTY_PROGRAM) == 0)
		detach_empty();
	else if (v->leave)
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

void print(const char *name, double ratio, double target, double ns)
{
	char text[32] = "-", whole[96];

	snprintf(whole, sizeof(whole), "%s%s", effort.instructions ? "instructions/" : "", name);
	/* targets are of time */
	if (target > 0 && !effort.instructions)
		snprintf(text, sizeof(text), "%.2f", target);
	printf("%-44s %9.3f %7s %12.0f\n", whole, ratio, text, ns);
	fflush(stdout);
}
