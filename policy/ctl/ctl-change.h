/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The writing verbs share one order: the words are checked first, then, under the lock, the active
 * policy is read, edited, checked as a whole and switched in one step.
 */
#pragma once

#include "ctl.h"
#include "diagnostic.h"
#include "difference.h"
#include "pins-policy.h"

struct change_result {
	uint64_t generation; /* that is active now */
	uint64_t expires;    /* CLOCK_BOOTTIME, ns, when its trial ends; 0: it is not on trial */
};

struct change {
	/*
	 * Edits *p, which is the policy in force; diagnoses what is wrong. words: *p is the built-in
	 * policy and only the command line is looked at, so that its mistakes are told whatever is
	 * loaded, and by whomever.
	 */
	void (*edit)(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		     bool words, struct diagnostics *d, void *data);
	void *data;
	/*
	 * The cgroup whose rule set and grants alone are edited, "/" for the host, so that a large policy need not be read
	 * whole; any grant may be deleted. NULL: anything is.
	 */
	const char *about;
	enum pins_write how;
	uint64_t trial_ns; /* how long, for PINS_WRITE_TRIAL */
	struct change_result *result; /* set where the policy was switched, or already so; may be NULL */
	bool revokes; /* it ends grants and does nothing else, so that a seal does not forbid it */
};

enum exit_status ctl_change(const struct ctl *c, const struct change *change);

/* Computes the difference of two policies of a set, with its latch. Reports an error. */
enum exit_status ctl_difference(const struct pins *pins, struct policy *old, struct policy *new,
				struct difference *ret);

/*
 * Assigns one KEY=VALUE, or LIST+=VALUE or LIST-=VALUE, whose origin becomes source. host: of the host's rule set, not a cgroup's.
 * seen: the keys named before.
 */
void ctl_assign(struct bpflock_policy *p, const struct bpflock_operation *ops, const char *word,
		bool host, bool seen[_BPFLOCK_SETTING_MAX], const char *source,
		struct diagnostics *d);

/*
 * If the kernel was booted with bpflock=audit, every rule set stays in that mode: it is a way back
 * in, whatever a timer sets.
 */
void ctl_keep_audit(struct policy *p);
