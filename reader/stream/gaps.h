/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gaps are the missing numbers, and the moment from which that is certain.
 *
 * Each attempt to emit takes a number after it has reserved its place in the ring, or has failed
 * to, and before it commits (abi.h). So whoever has seen number N and then reads the producer's
 * position P knows that every number below N has its record before P, or has none. A record not yet
 * committed stops the consumer, so once he has passed P, what has not arrived never will.
 *
 * Numbers may arrive in any order. Pure: no kernel, no I/O.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GAPS_MAX 1024

/*
 * Some numbers of from..to are missing: all of them, unless the range was folded or could not be
 * split for want of room. Then it knows only how many, which is as good as long as no number
 * arrives twice, and each waits for the later position of those it was folded from.
 */
struct gap {
	uint64_t from;
	uint64_t to;
	uint64_t missing;
	uint64_t position; /* the producer's, read after `to` was known to be missing */
};

struct gaps {
	uint64_t highest; /* number seen or known of */
	uint64_t lost;	  /* reported lost since gaps_init() */
	size_t n;
	struct gap items[GAPS_MAX]; /* by from; positions do not decrease */
};

/* A loss is `count` numbers of first..last. */
struct loss {
	uint64_t count;
	uint64_t first;
	uint64_t last;
};

/*
 * Begins an account. highest: the last number that is accounted for already, 0 at the beginning of
 * all.
 */
void gaps_init(struct gaps *g, uint64_t highest);

/* Returns whether this number's arrival opens a gap; only then gaps_arrived() uses its position. */
static inline bool gaps_would_open(const struct gaps *g, uint64_t seq)
{
	return seq > g->highest + 1;
}

/*
 * A record arrived. position: the producer's, read after seq was. Returns whether it is new; false:
 * it was accounted for before.
 */
bool gaps_arrived(struct gaps *g, uint64_t seq, uint64_t position);

/* Numbers up to seq are given away, seen or not. position: the producer's, read after seq was. */
void gaps_expect(struct gaps *g, uint64_t seq, uint64_t position);

/* The consumer has passed everything before consumed. Returns whether something is lost by that. */
bool gaps_settle(struct gaps *g, uint64_t consumed, struct loss *ret_loss);

/* Returns whether all numbers up to highest are accounted for. */
static inline bool gaps_settled(const struct gaps *g)
{
	return g->n == 0;
}

/*
 * Returns how many numbers are accounted for, as if they were those from 1 on without a gap. To a
 * tracker that starts from there exactly those still outstanding, and what comes after highest, are
 * missing.
 */
uint64_t gaps_accounted(const struct gaps *g);

/* Returns the position at which everything known now is settled; 0 if it is. */
uint64_t gaps_horizon(const struct gaps *g);
