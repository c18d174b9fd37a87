/* SPDX-License-Identifier: GPL-2.0-only */
/* The predecessor is the set that is loaded already; a load takes over parts of it. */
#pragma once

#include <stdbool.h>

#include "pins-policy.h"
#include "pins.h"
#include "policy.h"
#include "preflight.h"
#include "seal.h"

struct predecessor {
	struct pins *pins; /* NULL: nothing there; owned */
	bool same;	   /* whole and of our programs, so that a new policy is all it takes */
	bool has_policy;
	struct policy policy; /* owned */
	struct pins_policy_state state;
	struct bpflock_replaced lost; /* with it, if it cannot be read */
	enum seal_state sealed;
	struct bpflock_seal seal;
};

/*
 * Puts in order what an interrupted load left, or what somebody did to the pins: the set that decides is
 * published, and pinned anew if its pins are gone or hidden, so that no second one comes beside it. 0, or
 * a negative errno, which is reported.
 */
int predecessor_recover(const char *bpffs);

/*
 * Examines what is published; policy: what is to be loaded. 0, or a negative errno, which is reported
 * on stderr. Ended by predecessor_done() in both cases.
 */
int predecessor_examine(const struct preflight *pf, const struct policy *policy,
			struct predecessor *ret);

/* Records in a policy that is to take its place what that opens; its generation is chosen. */
void predecessor_record_looser(const struct predecessor *old, struct policy *policy,
			       const struct bpflock_operation ops[BPFLOCK_REASONS]);
void predecessor_done(struct predecessor *p);

/* Warns of the state that is lost. verb: "is" or "would be" */
void predecessor_warn_of_lost(const struct predecessor *old, const char *verb);

/* A new ring begins empty: warns of what the old one still has. why: "the ring gets another size". */
void predecessor_warn_of_unread(const struct pins *old, const char *why);
