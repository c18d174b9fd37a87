/* SPDX-License-Identifier: GPL-2.0-only */
/* The active policy, read and written as a whole in the maps of a set. */
#pragma once

#include "pins.h"

/* The state that pins_policy_read() returns with a policy. */
struct pins_policy_state {
	uint64_t newest_generation; /* also of a policy on trial that has ended */
	bool trial;		    /* the policy is on trial: ret_policy->host.expires */
	bool reverted;		    /* a trial has ended, the fall-back holds */
	struct bpflock_policy fallback; /* of a trial: what it reverts to, its bank apart */
};

/*
 * The policy in force: the whole of one that was in force at some moment during the call. The caller
 * ends *ret_policy with policy_done(). ret_state may be NULL.
 */
int pins_policy_read(const struct pins *p, struct policy *ret_policy,
		     struct pins_policy_state *ret_state);

/* Its host part alone: enough where cgroup rules do not matter. */
int pins_policy_read_host(const struct pins *p, struct bpflock_policy *ret_policy);

enum pins_write {
	PINS_WRITE_FOR_GOOD, /* ends a trial, whatever it was about */
	PINS_WRITE_KEEP,     /* host.expires is kept: what is on trial stays so */
	PINS_WRITE_TRIAL,    /* host.expires is set: what was in force is fallen back to */
};

/*
 * Makes *policy the one in force, in one atomic step; the caller chooses the generation. The
 * lock must be held. 0 or a negative errno, and then nothing has changed.
 */
int pins_policy_write(const struct pins_slots *slots, const struct policy *policy,
		      enum pins_write how);

/*
 * Reads the whole policy of a slot: one on trial, ended or not, or what it falls back to. -ENOENT: there is
 * no trial. The caller ends *ret_policy with policy_done().
 */
int pins_policy_read_slot(const struct pins *p, enum bpflock_policy_slot slot,
			  struct policy *ret_policy);

/*
 * Records in the policy in force, which stays as it is, that the configured one was refused. The
 * lock must be held, and *p opened by pins_make_writable(). 0 or a negative errno.
 */
int pins_policy_note_refused(const struct pins *p, const struct bpflock_refused *what);

/* Makes a policy on trial, which has not ended, the lasting one. */
int pins_policy_confirm(const struct pins *p);

/* Has the kernel log that a grant was given or revoked, or that the set is about to be removed. 0 or
 * a negative errno; what is announced holds all the same. */
int pins_policy_announce(const struct pins *p, const struct bpflock_announcement *what);
