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

/*
 * Reads as much of it as it takes to change the rule set and the grants of one cgroup, or of the host ("/"), and any grant:
 * see struct policy. about: its path; NULL, or if the set is sealed: the whole is read.
 */
int pins_policy_read_part(const struct pins *p, const char *about, struct policy *ret_policy,
			  struct pins_policy_state *ret_state);

/* Its host part alone: enough where cgroup rules do not matter. */
int pins_policy_read_host(const struct pins *p, struct bpflock_policy *ret_policy);

enum pins_write {
	PINS_WRITE_FOR_GOOD, /* ends a trial, whatever it was about */
	PINS_WRITE_KEEP,     /* host.expires is kept: what is on trial stays so */
	PINS_WRITE_TRIAL,    /* host.expires is set: what was in force is fallen back to */
};

/*
 * Makes *policy, or the whole that it is a part of, the one in force, in one atomic step; the caller chooses the generation.
 * old: the one in force as it was read of these slots, whose rules stay if they are the same; NULL: not read. The
 * lock must be held. 0 or a negative errno, and then nothing has changed.
 */
int pins_policy_write(const struct pins_slots *slots, const struct policy *policy,
		      const struct policy *old, enum pins_write how);

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
