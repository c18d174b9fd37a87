/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The overflow of the ring: repetitions that wait for a record to carry them, and the newest
 * records of each kind that found the ring full. See bpf/recent.h.
 *
 * We read both maps and write neither: what is to change there the program consume changes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

struct pins;

struct overflow {
	int recent_fd, kept_fd; /* the maps, -1 if that was not possible */
	int consume_fd;		/* the program, the same */
	int ask_fd;		/* of a sealed set: what is asked instead of both maps */
	bool consume;
	bool still; /* read() copies each slot under its lock; else a record can be half written */
	/* Copies n values of a map, of this size each; whether it could. Tests have their own. */
	bool (*read)(int fd, void *values, size_t size, uint32_t n);
	/* Runs the program: enum bpflock_consume_result, or a negative errno. */
	int (*run)(int fd, struct bpflock_consume *what);
	/* what was taken and is not given back yet */
	struct taken {
		uint32_t index;
		uint64_t seq;
	} taken[BPFLOCK_KEPT_MAX];
	size_t n_taken;
};

#define OVERFLOW_INIT                                                          \
	{                                                                      \
		.recent_fd = -1, .kept_fd = -1, .consume_fd = -1, .ask_fd = -1 \
	}

/*
 * Opens what of it there is and may be opened; without any of it a reader tells less, and loses
 * nothing: what it cannot see goes on waiting, or is reported lost. set_path: of the pins.
 */
void overflow_open(const char *set_path, bool consume, struct overflow *ret);
void overflow_close(struct overflow *b);

/*
 * Has the kernel write a record for repetitions that have waited long enough; all: for any. Returns from when on
 * (CLOCK_BOOTTIME, ns; now, if some may be left) it is to be called again, 0: not before there is another record.
 */
uint64_t overflow_carry(const struct overflow *b, bool all);

/*
 * Has the next record wake all who wait for the ring, also of one that is not empty. To be called before each
 * wait, and before the last look at the ring. False if it cannot.
 */
bool overflow_wait(const struct overflow *b);

/*
 * The kept records with numbers first..last, in their order: at most max, how many. To consume,
 * they are claimed: overflow_release() after they were printed.
 */
size_t overflow_take(struct overflow *b, uint64_t first, uint64_t last,
		     struct bpflock_decision_record *ret_records, size_t max);

/* Frees the slots of what was taken. */
void overflow_release(struct overflow *b);

/*
 * All records that are kept, and for repetitions that wait for a record one with their count, time
 * and no number but UINT64_MAX. How many, or a negative errno. The caller frees *ret_records.
 *
 * ret_last, unless NULL: how many others stand behind them: the last record of each process, operation and verdict, whoever
 * has read it, in no order and without numbers. Each stands for itself alone.
 */
int overflow_read(const struct overflow *b, struct bpflock_decision_record **ret_records,
		  int *ret_last);
