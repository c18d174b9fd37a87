/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A policy that opens operations when it takes the place of another one carries a record of them,
 * so that status shows it until the next change of what is denied. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy.h"

/* Facts beside the two policies of a comparison. */
struct looser_context {
	const struct bpflock_operation *ops; /* unnamed ones do not count */
	uint64_t latched;		     /* denied on both sides, whatever they say */
	uint64_t now;			     /* clock_realtime() */
};

/*
 * Records in *new the operations that *old denies by its rule sets and *new does not. If both deny
 * the same, the record of old is taken over. Both are compiled, and their generations are chosen.
 */
void looser_record(struct policy *new, const struct policy *old,
		   const struct looser_context *context);

/* Returns the record of a policy that opened operations; NULL if it did not. */
const struct bpflock_looser *looser_of(const struct bpflock_policy *host);

/* Returns how many operations a policy opened. */
unsigned int looser_count(const struct bpflock_policy *host);
