/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The banks that cgroup rules and grants are in: one frozen map of each kind, by the bank's number.
 * A base has no grants, and no maps for them. pins-policy*.c only.
 */
#pragma once

#include "pins.h"
#include "policy-rows.h"

/* Fills a bank with rows. 0 or a negative errno, and then it is to be emptied. */
int pins_bank_fill(const struct pins_slots *slots, uint32_t bank, bool base,
		   const struct policy_rows *rows);
void pins_bank_empty(const struct pins_slots *slots, uint32_t bank);

/* Adds the rules, grants and missing rules of a policy's own bank to *p. 0 or a negative errno. */
int pins_bank_read(const struct pins_slots *slots, const struct bpflock_policy *host,
		   struct policy *p);

/* Adds all rules of a policy's base to *p. 0 or a negative errno. */
int pins_bank_read_base(const struct pins_slots *slots, const struct bpflock_policy *host,
			struct policy *p);

/*
 * Adds to *p, which is a part, those rules of its base that are for a path and what is above it:
 * not in place of its own, and none that are gone. 0 or a negative errno. Not for a sealed set,
 * whose tree cannot be searched.
 */
int pins_bank_find_in_base(const struct pins_slots *slots, struct policy *p, const char *path);

/* Reads the strictest rule set of a base. 0 or a negative errno. */
int pins_bank_strictest_of_base(const struct pins_slots *slots, uint32_t base,
				struct bpflock_ruleset *ret);
