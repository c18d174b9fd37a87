/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From what was used to the policy that allows it: audited uses are allowed by the rule set that
 * would have denied them, a host's rule set that only logs becomes restricted, and what is denied
 * on purpose stays so. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "diagnostic.h"
#include "policy.h"
#include "recorded.h"

#define SUGGEST_HOST	0
#define SUGGEST_UNKNOWN SIZE_MAX /* of a cgroup that is gone: some rule set but the host's */

/* Alike uses of one operation. */
struct suggest_use {
	uint32_t reason;
	uint8_t verdict;
	bool in_host; /* the host's pid and network namespaces */
	uint32_t uid; /* BPFLOCK_UNSET: a log does not say */
	char comm[BPFLOCK_COMM_LEN];
	char exe[DECODE_PATH(BPFLOCK_EXE_LEN)]; /* empty: not known */
	uint64_t cgroup_id; /* 0: likewise */
	char *path; /* of that cgroup, NULL if it is not known; owned */
	unsigned int place; /* enum suggest_units_place: how its section was found */
	int64_t first;	    /* CLOCK_REALTIME, ns: of the earliest */
	size_t set; /* whose rule set decides now: SUGGEST_HOST, 1 + number of the rule, unknown */
	uint64_t count;
};

/* A suggestion for a rule set has masks of operations. */
struct suggest_set {
	const struct rule *rule;	     /* of the suggested policy; NULL: the host's */
	uint32_t profile, mode;		     /* those in force */
	uint64_t used[_BPFLOCK_VERDICT_MAX]; /* by records */
	uint64_t added;			     /* to the allow list */
	uint64_t guessed; /* of these, without a record that tells whose use it was */
	uint64_t blocked; /* by name, so that nothing else can allow it */
	uint64_t denied;  /* so far, and still */
	bool made; /* by suggest_units(), and not there before */
};

struct suggest {
	const struct bpflock_operation *ops;
	uint32_t host_netns;
	struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
	struct policy policy;	  /* the suggested one */
	struct suggest_set *sets; /* owned; the host's first, then in the order of policy.rules */
	size_t n_sets;
	struct suggest_use *uses; /* owned */
	size_t n_uses;
	bool by_unit; /* see suggest_units() */
	uint64_t unfiled; /* wanted, and nobody knows for which unit; by unit alone */
	uint64_t unlisted; /* used, and allowed by no list: the kernel does not name them */
};

/*
 * Begins a suggestion. in_force is copied; ops and host_netns as the stamp has them. 0 or -ENOMEM.
 */
int suggest_begin(struct suggest *s, const struct policy *in_force,
		  const struct bpflock_operation ops[BPFLOCK_REASONS], uint32_t host_netns);

/*
 * Takes a decision into account, ignores other events. path: of the cgroup of the task, rule_path:
 * of the one whose rule set decided; NULL if it is gone. 0 or -ENOMEM.
 */
int suggest_take(struct suggest *s, const struct event *e, const char *path, const char *rule_path);

/*
 * Takes a decision of a log into account, which may have been drained from the ring. Others, and those
 * about operations that this kernel lacks, are ignored. 0 or -ENOMEM.
 */
int suggest_take_recorded(struct suggest *s, const struct recorded *r);

/*
 * Ends a suggestion. counters: read before the records were. Returns whether the suggestion is
 * sound: else see d.
 */
bool suggest_finish(struct suggest *s, const struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX],
		    struct diagnostics *d);

void suggest_done(struct suggest *s);

/*
 * Returns whether the rule set that decides about a use would have to allow it. Between the last
 * suggest_take() and suggest_finish().
 */
bool suggest_is_wanted(struct suggest *s, const struct suggest_use *u);

/*
 * Returns how many decisions of a verdict the kernel counted beyond those that are recorded here.
 */
uint64_t suggest_unrecorded(const struct suggest *s, uint32_t reason, uint32_t verdict);
