// SPDX-License-Identifier: GPL-2.0-only
#include "measure.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"
#include "cgroupfs-open.h"
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

/* Empty programs are here while they are attached. */
static int empty_links[3], empty_count, floor_ring = -1;

static void attach(const char *function, enum bpf_prog_type prog_type, enum bpf_attach_type type,
		   const struct bpf_insn *insns, size_t n)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type,
		    .attach_btf_id = libbpf_find_vmlinux_btf_id(function, type));
	CLEANUP(close_fdp) int root = type == BPF_LSM_CGROUP ? cgroupfs_open_root() : -1;
	CLEANUP(close_fdp) int prog = bpf_prog_load(prog_type, "empty", "GPL", insns, n, &opts);
	int link = prog < 0 ? -1 : bpf_link_create(prog, root < 0 ? 0 : root, type, NULL);

	if (link < 0)
		die("cannot attach an empty program");
	empty_links[empty_count++] = link;
}

/* A program of a cgroup's allows by 1, others by 0. */
static void attach_empty(const char *function, enum bpf_prog_type prog_type,
			 enum bpf_attach_type type)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = type == BPF_LSM_CGROUP },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	attach(function, prog_type, type, insns, ARRAY_SIZE(insns));
}

#define CALL(function)                                                 \
	{                                                              \
		.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_##function \
	}
#define SET(register, number)                                                       \
	{                                                                           \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_##register, \
		.imm = (number)                                                     \
	}
#define COPY(to, from)                                                        \
	{                                                                     \
		.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_##to, \
		.src_reg = BPF_REG_##from                                     \
	}

/* A record with nothing but the time in it: room in a ring is taken, and given to the reader. */
static void attach_record_floor(void)
{
	const int ring = floor_ring =
		bpf_map_create(BPF_MAP_TYPE_RINGBUF, "floor", 0, 0, 64 << 20, NULL);
	const struct bpf_insn insns[] = {
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = ring },
		{},
		SET(2, sizeof(struct bpflock_decision_plain)),
		SET(3, 0),
		CALL(ringbuf_reserve),
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = BPF_REG_0, .off = 6 },
		COPY(6, 0),
		CALL(ktime_get_boot_ns),
		{ .code = BPF_STX | BPF_MEM | BPF_DW,
		  .dst_reg = BPF_REG_6,
		  .src_reg = BPF_REG_0,
		  .off = offsetof(struct bpflock_record, time) },
		COPY(1, 6),
		SET(2, 0),
		CALL(ringbuf_submit),
		SET(0, 1),
		{ .code = BPF_JMP | BPF_EXIT },
	};

	if (ring < 0)
		die("cannot make a ring");
	attach("locked_down", BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, insns, ARRAY_SIZE(insns));
}

static bool is(const struct variant *v, const char *what)
{
	return v->enter && strcmp(v->enter, what) == 0;
}

static void enter(const struct variant *v)
{
	if (is(v, EMPTY_LINK))
		attach_empty("locked_down", BPF_PROG_TYPE_LSM, BPF_LSM_MAC);
	else if (is(v, EMPTY_PROGRAM) || is(v, EMPTY_WITH_OTHERS))
		attach_empty("locked_down", BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP);
	else if (is(v, RECORD_FLOOR))
		attach_record_floor();
	else if (v->enter)
		run(v->enter, NULL);
	if (is(v, EMPTY_WITH_OTHERS)) {
		attach_empty("security_locked_down", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT);
		attach_empty("lockdown_is_locked_down", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT);
	}
	/* what loading and unloading set going in the kernel comes to rest */
	usleep(250000);
}

static void leave(const struct variant *v)
{
	bool empty = empty_count > 0;

	while (empty_count)
		close(empty_links[--empty_count]);
	if (floor_ring >= 0)
		close(TAKE_FD(floor_ring));
	if (empty)
		usleep(200000); /* detached within about 100 ms */
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
