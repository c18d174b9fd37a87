/* SPDX-License-Identifier: GPL-2.0-only */
/* What `bpflock-ctl status` tells, found out: the set to show, its policy, its counters, its proof.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "attachment.h"
#include "ctl.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "pins.h"
#include "proof.h"
#include "seal.h"

struct leftover {
	char *name;
	bool enforces;
	const char *profile; /* NULL if its policy cannot be read */
};

/* Everything that is told, found out once, then printed as text or JSON. Begins as
 * LOADED_STATE_INIT. */
struct loaded_state {
	struct pins *pins;
	enum pins_outcome outcome;
	struct policy policy; /* owned */
	struct pins_policy_state state;
	struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
	struct pins_program programs[PINS_MAX_PROGRAMS];
	struct attachments *attachments; /* on the root; owned */
	int n_programs;
	enum seal_state sealed;
	struct bpflock_seal seal;
	char seal_why[SEAL_WHY_LEN]; /* it cannot be proven; "" if it is, or is not sealed */
	char seal_trouble[SEAL_WHY_LEN + 32]; /* the same as a sentence */
	struct bpflock_latch latch;
	bool attached; /* every program of the set */
	bool whole;    /* it has all that it was made with */
	uint64_t skipped; /* questions that the kernel did not put to the lock */
	enum proof proof;
	enum kernel_lockdown lockdown;
	struct leftover leftovers[PINS_MAX_SETS]; /* sets beside the shown one */
	int n_leftovers;
	int lock_fd;	       /* held while we look, so that no load changes what is told; or -1 */
	bool load_in_progress; /* they are somebody's work, and may be gone by now */
	const char *trouble;   /* why the status is not OK, NULL if it is */
	char trouble_text[192]; /* where it names something */
};

#define LOADED_STATE_INIT     \
	{                     \
		.lock_fd = -1 \
	}

uint64_t loaded_state_decisions(const struct bpflock_counters *c);

/* What a seal has refused, to root or to others. */
uint64_t loaded_state_attempts(const struct loaded_state *r, bool root);

/* The sum over all reasons. */
struct bpflock_counters loaded_state_total(const struct loaded_state *r);

/*
 * A load in progress looks like one that was interrupted, but holds the lock: so with another set
 * than the published one in sight the lock is waited for, and held in r until loaded_state_done().
 */
void loaded_state_wait_for_load(const struct ctl *c, struct loaded_state *r);

/*
 * Chooses the set to show: the published one, else one that a killed loader left and that enforces.
 * A negative errno; PINS_ABSENT if there is nothing at all.
 */
int loaded_state_choose(const struct ctl *c, struct loaded_state *r);

/*
 * Fills in the rest, of a set that is whole and ours. ask: whether to prove that it fires, which is
 * itself a decision of the operation bpf_read; else r->proof is proof_by_signs(). A negative errno
 * if it cannot be read.
 */
int loaded_state_collect(struct loaded_state *r, bool ask);

/* Why the status is not OK, of what r says by now; NULL if it is. loaded_state_collect() asks it.
 */
const char *loaded_state_judge(const struct loaded_state *r);

/* The command that mends the trouble; NULL if none does, since what is sealed stays as it is. */
const char *loaded_state_cure(const struct loaded_state *r);

void loaded_state_done(struct loaded_state *r);
