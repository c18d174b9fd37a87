/* SPDX-License-Identifier: GPL-2.0-only */
/* Strictness compares rule sets and policies: which of them allows less. Pure. */
#pragma once

#include <stdbool.h>

#include "policy.h"

/* The operations that are denied to tasks in the host's namespaces, and to those outside. */
struct closed {
	uint64_t host, containers;
};

/* Returns the operations that a compiled rule set denies: in audit mode none. */
struct closed strictness_closed(const struct bpflock_ruleset *r);

/*
 * Returns whether a, for every task and at every time, denies all that b denies; both compiled.
 * False also if that is too hard to say.
 */
bool strictness_at_least(const struct policy *a, const struct policy *b);

/*
 * Returns the rule set that denies everything that any rule set of a compiled policy denies,
 * enforced if any of them enforces, and logged as the one that logs most. It holds for a task whose
 * own rule set cannot be found.
 */
struct bpflock_ruleset strictness_of(const struct policy *p);

/* Returns the strictest of the rule sets that a base has: those that are not like the host's. There has to be one. */
struct bpflock_ruleset strictness_of_base(const struct policy *p);

/* The slot of the stricter side of a trial, or BPFLOCK_NO_SLOT if neither is. */
uint32_t strictness_slot(const struct policy *active, const struct policy *fallback);
