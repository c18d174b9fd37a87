/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy as an attacker sees it: what each rule set leaves open to whom, and what that leads to.
 * Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"

/* Tasks in the host's pid and network namespaces, and the others, who are never allowed more. */
enum analysis_place {
	ANALYSIS_HOST,
	ANALYSIS_ELSEWHERE,
	_ANALYSIS_PLACES,
};

/* The tasks that one rule set holds for. */
struct analysis_subject {
	const char *path; /* "/": the host's rule set */
	uint64_t open[_ANALYSIS_PLACES];
	unsigned int exposure[_ANALYSIS_PLACES]; /* what a way out opens counts too */
	bool audited; /* something is open only because the mode is audit */
};

struct analysis {
	/* in */
	const struct bpflock_operation *ops;
	const struct policy *policy;
	const char *machine;	/* as uname(2) has it */
	bool enforced;		/* else everything is open */
	bool attached;		/* also where the kernel does not ask, so that it is not enforced */
	uint64_t kernel_denies; /* whatever the policy says */
	bool way_out; /* tasks elsewhere have the kernel start programs of theirs on the host */
	uint64_t now; /* CLOCK_BOOTTIME, ns: grants that have not ended open what they are for */
	/* out */
	uint64_t named;
	uint64_t applicable;		   /* of those, what this machine can ask about */
	struct analysis_subject *subjects; /* owned; the host's first */
	size_t n;
};

/* 0 or -ENOMEM. */
int analysis_run(struct analysis *a);
void analysis_done(struct analysis *a);

/* The most open one, and how open it is in its more open place. */
const struct analysis_subject *analysis_worst(const struct analysis *a);
unsigned int analysis_exposure(const struct analysis_subject *s);

/*
 * Returns the operations denied by this rule set that a way out opens to tasks elsewhere: programs
 * that the kernel starts are in the root cgroup, so the host's rule set decides about them.
 */
uint64_t analysis_escapes(const struct analysis *a, const struct analysis_subject *s);

/*
 * Returns the decision on an operation under the host's rule set, for any reason: "deny",
 * "host-only", ...
 */
const char *analysis_decision(const struct analysis *a, uint32_t reason);

/* The ways around it for those whom a rule set denies it; 0 for whom it does not. */
uint64_t analysis_ways(const struct analysis *a, const struct analysis_subject *s,
		       enum analysis_place place, uint32_t reason);
