/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of bpflock-bench share this. Figures that are compared are measured in turns, many
 * short rounds each, and the medians are compared: the machine's noise hits all alike.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ROUNDS_MAX 64
#define CALLS_MAX  32

#define UNLOAD "bpflock-ctl unload 2>/dev/null"

struct rusage;

/* The effort is how much is done: --quick and --instructions ask for less. */
struct effort {
	bool quick;
	unsigned int rounds;
	unsigned int calls; /* of the shortest ones, a round */
	unsigned int execs;
	/* The guest's clock counts instructions, so one round says all there is to say, and what
	 * takes no instructions, no time. */
	bool instructions; /* medians are numbers of instructions, and rounds need not agree */
};

extern struct effort effort;

/* Ends with errno's text. */
void die(const char *what) __attribute__((noreturn));

/* Reads CLOCK_MONOTONIC, ns. */
uint64_t now(void);

/* Returns that of values[n], which it sorts. */
double median(double *values, unsigned int n);

/*
 * A line of output for what was timed in rounds: the median of values[i] / (units[i] * scale), how
 * far apart its quartiles are, the target (0: none) and the median of values. units may be NULL.
 */
void print_rounds(const char *name, const double *values, const double *units, double scale,
		  unsigned int n, double target);

/* Runs a command, its output thrown away; dies if it fails. usage may be NULL. */
void run(const char *command, struct rusage *usage);

/* Runs it likewise and returns how long it took, ns. */
double timed(const char *command, struct rusage *usage);

/* CPU time that a process has taken, ns; dies if there is none. */
double cpu_of(pid_t pid);

/* Runs it n times. */
struct call {
	const char *name;
	void (*run)(unsigned int n);
	unsigned int weight; /* so many times fewer than the shortest ones */
};

/* A state of the machine to make calls in. */
struct variant {
	const char *name;
	const char *enter;	   /* a command, FLOOR and programs, or NULL for nothing */
	const char *leave;	   /* a command, or NULL */
	double target;		   /* 0: none */
	double medians[CALLS_MAX]; /* of each call, ns */
};

/* Sets their medians. */
void measure(struct variant *variants, size_t n, const struct call *calls, size_t m);

/* A line of output for what repeats: a ratio, what it should not exceed (0: none), what it comes
 * from, instructions or ns (0: none). */
void print(const char *name, double ratio, double target, double median);

/* The parts follow. Those of a sealed machine compare with what the first ones have measured. */
void hook(void);
void hook_ask(unsigned int n); /* so many questions, and no more: for path */
void hook_sealed(void);
void bystander(void);
void bystander_sealed(void);
void loader(void);
void reader(void);
void follow(void);
void exec_tracing(void);
void memory(void);
void growth(void);
void formats_in_memory(void);
void own_share(void);
