/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of bpflock-bench share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define ROUNDS_MAX 64
#define UNLOAD "bpflock-ctl unload 2>/dev/null"

struct rusage;

extern unsigned int rounds;

/* Ends with errno's text. */
void die(const char *what) __attribute__((noreturn));

/* CLOCK_MONOTONIC, ns. */
uint64_t now(void);

/* Of values[n], which it sorts. */
double median(double *values, unsigned int n);

/* Runs a command, its output thrown away; dies if it fails. usage may be NULL. */
void run(const char *command, struct rusage *usage);

/* The same; how long it took, ns. */
double timed(const char *command, struct rusage *usage);

/* How long a getppid() takes, ns. */
double getppid_call(void);

/* A line of output. target 0: none. */
void print(const char *name, double ratio, double target, double ns);

/* Parts; the last one needs no guest. */
void exec_tracing(void);
void reader(void);
void formats_in_memory(void);
