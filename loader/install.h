/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a policy in force as one transaction: whatever happens on the way, and wherever the process
 * is killed, the kernel enforces the old policy, the new one, or both; never neither.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "difference.h"
#include "policy.h"
#include "preflight.h"
#include "proof.h"

enum install_outcome {
	INSTALL_FAILED = -1, /* reported on stderr; what was there before still holds */
	INSTALL_LOADED,	     /* nothing was there before */
	INSTALL_REPLACED,    /* new programs in place of others */
	INSTALL_UPDATED,     /* same programs, another policy */
	INSTALL_UNCHANGED,   /* it was in force already */
	_INSTALL_MAX,
};

struct install_plan {
	struct preflight *preflight; /* all passed; its BTF is freed when it is no longer needed */
	const struct policy *policy; /* compiled; its generation is chosen here */
	bool audit;		     /* every rule set in audit mode: bpflock=audit */
	bool dry_run;		     /* find out what would be done, do nothing */
};

struct install_result {
	enum install_outcome outcome;
	enum exit_status status;
	uint64_t generation; /* in force at the end; what it would be, for a dry run */
	enum proof proof;
	bool incomplete;	/* the lock is in force, but not all that only logs */
	unsigned int leftovers; /* sets of killed loaders that were removed */
	bool sealed;		/* at the end */
	char *previous_build;	/* who loaded what was replaced, or NULL; owned */
	struct policy before, after; /* owned; without grants and rules where there are none */
	bool has_difference;
	struct difference difference; /* of these, if a policy was in force */
};

/* Frees what is owned. */
void install_result_done(struct install_result *result);

/*
 * The lock on the bpffs must be held, unless for a dry run. Reports failures on stderr.
 */
void install(const struct install_plan *plan, struct install_result *ret);

/* "loaded", "replaced", ... */
const char *install_outcome_name(enum install_outcome outcome);
