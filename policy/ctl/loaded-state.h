/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loaded state is everything that `bpflock-ctl status` shows: the set to show, its policy, its
 * counters, its proof.
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
#include "protection.h"
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
	bool lacks_module_program; /* which the policy needs */
	enum proof module_requests; /* PROOF_ENFORCING also if the set has no program for them */
	enum kernel_lockdown lockdown;
	struct leftover leftovers[PINS_MAX_SETS]; /* sets beside the shown one */
	int n_leftovers;
	int lock_fd;	       /* held while we look, so that no load changes what is told; or -1 */
	bool load_in_progress; /* they are somebody's work, and may be gone by now */
	bool unpublished;      /* what decides is a set whose load or seal was interrupted */
	uint32_t hidden;       /* without pins: the id of a lock's program that enforces, or 0 */
	const char *trouble;   /* why it is degraded, NULL if it is not */
	char trouble_text[192]; /* where it names something */
};

#define LOADED_STATE_INIT     \
	{                     \
		.lock_fd = -1 \
	}

uint64_t loaded_state_decisions(const struct bpflock_counters *c);

/* Returns how many attempts a seal has refused, to root or to others. */
uint64_t loaded_state_attempts(const struct loaded_state *r, bool root);

/* The sum over all reasons, of our decisions or of what somebody else has refused. */
struct bpflock_counters loaded_state_total(const struct loaded_state *r, enum bpflock_by by);

/* Returns how often somebody else has refused an operation. */
uint64_t loaded_state_refused(const struct loaded_state *r, enum bpflock_by by, uint32_t reason);

/* Returns a program of the set by its name, or NULL. */
const struct pins_program *loaded_state_program(const struct loaded_state *r, const char *name);

/*
 * Finds out all there is to tell of the set that is published, else of one that a killed loader
 * left and that enforces. With neither r->pins is NULL; of a set that is not whole and ours,
 * r->outcome is not PINS_OK and nothing but r->trouble is filled in. A load in progress looks like
 * one that was interrupted, but holds the lock, which is then waited for, and held until
 * loaded_state_done(). ask: prove that it fires, which is itself a decision of the operation
 * bpf_read; else r->proof is proof_by_signs(). 0 or a negative errno.
 */
int loaded_state_find(const struct ctl *c, struct loaded_state *r, bool ask);

/*
 * Does as loaded_state_find(), for verbs about nothing else: reports an error, and returns its
 * status.
 */
enum exit_status loaded_state_look(const struct ctl *c, struct loaded_state *r, bool ask);

/* Why it is degraded, of what r says by now; NULL if it is not. loaded_state_find() asks it. */
const char *loaded_state_judge(const struct loaded_state *r);

/* The command that mends the trouble; NULL if none does, since what is sealed stays as it is. */
const char *loaded_state_cure(const struct loaded_state *r);
/*
 * The one answer to whether this machine is protected, of what loaded_state_find() has filled in.
 * It is enforcing only if the hook fires and the active policy or a latch denies somebody
 * something.
 */
enum protection loaded_state_protection(const struct loaded_state *r);

/* Why it is so, where there is more to say than the answer's own sentence; else NULL. */
const char *loaded_state_reason(const struct loaded_state *r);

/* "WORD: SENTENCE[: REASON]" without the end of the line; safe for a terminal. */
void loaded_state_print(FILE *f, const struct loaded_state *r);

void loaded_state_done(struct loaded_state *r);

/* Returns whether an operation is listed: one that BTF does not name is, once it has been asked. */
bool loaded_state_is_shown(const struct loaded_state *r, uint32_t reason);
