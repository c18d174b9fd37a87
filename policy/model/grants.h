/* SPDX-License-Identifier: GPL-2.0-only */
/* The grants of a policy: exceptions with an end, given by bpflock-ctl. Pure. */
#pragma once

#include "policy.h"

/*
 * The grant that exempts tasks in cgroup `path` from an operation and ends last, NULL if there is
 * none that has not ended at `now` (CLOCK_BOOTTIME, ns). A rule set hides the grants above it.
 */
const struct grant *grants_find(const struct policy *p, const char *path, uint32_t reason,
				uint64_t now);

/*
 * Adds a grant; path and note are copied, an id is chosen. NULL: out of memory. The answer is good
 * until the next change.
 */
struct grant *grants_add(struct policy *p, const char *path, uint64_t operations, uint64_t given,
			 uint64_t expires, uint32_t uid, const char *note);

/*
 * Gives a grant again: one of the same path and operations ends later now, with its id, and gets
 * the note if there is one; it stays as it is if it ends later anyway. If there is none it is
 * added. NULL: out of memory.
 */
struct grant *grants_renew(struct policy *p, const char *path, uint64_t operations, uint64_t given,
			   uint64_t expires, uint32_t uid, const char *note);

/* The grant of this number, also as it has been renewed, or NULL. */
const struct grant *grants_by_id(const struct policy *p, uint32_t id);

/* Removes grant number i of p->grants. */
void grants_delete(struct policy *p, size_t i);

/* Forgets grants that have ended. How many. */
size_t grants_forget_ended(struct policy *p, uint64_t now);

/*
 * Computes the result of the grants of one path: the operations and when each ends. *ret_ends is
 * all 0 if there are none.
 */
uint64_t grants_ends(const struct policy *p, const char *path, struct bpflock_ends *ret_ends);
