/* SPDX-License-Identifier: GPL-2.0-only */
/* A part of a large policy in which a change is made, see struct policy. Pure. */
#pragma once

#include "policy.h"

/* So many rule sets that could be in a base are outside it, at most. */
#define POLICY_PART_MAX 256

/* Returns whether rules that could be in a base are too many to be written with each change. */
bool policy_part_is_full(const struct policy *p);

/* Notes the rules of *old that the base has and *new does not. 0 or -ENOMEM. */
int policy_part_note_gone(struct policy *new, const struct policy *old);

/*
 * Makes the whole policy of a base's rules, which are all that *base has, and the part that comes
 * before them. 0 or -ENOMEM, and then *base is good for policy_done() alone.
 */
int policy_part_lay_over(struct policy *base, const struct policy *part);
