/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The decision: facts in, verdict out, nothing else. Compiled into the LSM program and into host
 * unit tests, because BPF LSM programs have no BPF_PROG_TEST_RUN.
 */
#pragma once

#include "abi.h"

/*
 * The reason as the kernel has it, without the one number that is ours: a reason of the kernel's
 * there is as unknown as one beyond the masks.
 */
static inline __u32 bpflock_kernel_reason(__u32 reason)
{
	return reason == BPFLOCK_MODULE_REQUEST ? BPFLOCK_REASONS : reason;
}

/* A reason beyond the mask is as unknown as one that is not in BTF. */
static inline __u32 bpflock_slot(__u32 reason)
{
	return reason < BPFLOCK_REASONS ? reason : BPFLOCK_REASON_UNKNOWN;
}

static inline __u64 bpflock_bit(__u32 reason)
{
	return 1ULL << bpflock_slot(reason);
}

/*
 * True if the latch denies it: to everybody, before all else is asked. Its last bit stands for all reasons
 * from there on, so that none is out of its reach.
 */
static inline int bpflock_is_latched(__u64 latch, __u32 reason)
{
	return latch >> (reason < BPFLOCK_REASONS - 1 ? reason : BPFLOCK_REASONS - 1) & 1;
}

static inline int bpflock_allows_everybody(const struct bpflock_ruleset *r, __u32 reason)
{
	return !((r->deny | r->host_only) & bpflock_bit(reason));
}

static inline int bpflock_allows_host(const struct bpflock_ruleset *r, __u32 reason)
{
	return !(r->deny & bpflock_bit(reason));
}

/*
 * Returns whether the verdict depends on the caller's namespaces; finding those out costs more than
 * the rest.
 */
static inline int bpflock_needs_namespaces(const struct bpflock_ruleset *r, __u32 reason)
{
	return bpflock_allows_host(r, reason) && !bpflock_allows_everybody(r, reason);
}

/* Returns enum bpflock_quick by these rules alone. */
static inline __u8 bpflock_quick_of_rules(const struct bpflock_ruleset *r, __u32 reason)
{
	if (r->log <= BPFLOCK_VERDICT_ALLOW || !bpflock_allows_host(r, reason))
		return BPFLOCK_QUICK_NOT;
	return bpflock_allows_everybody(r, reason) ? BPFLOCK_QUICK_ALLOW : BPFLOCK_QUICK_HOST;
}

/* Returns enum bpflock_quick by a whole policy. One that can end by itself is looked at each time. */
static inline __u8 bpflock_quick(const struct bpflock_policy *p, __u32 reason)
{
	if (p->expires)
		return BPFLOCK_QUICK_NOT;
	return p->bank < BPFLOCK_BANKS ? BPFLOCK_QUICK_RULES
				       : bpflock_quick_of_rules(&p->rules, reason);
}

/* The verdict on what is not allowed. */
static inline __u32 bpflock_refusal(const struct bpflock_ruleset *r)
{
	return r->mode == BPFLOCK_MODE_AUDIT ? BPFLOCK_VERDICT_AUDIT : BPFLOCK_VERDICT_DENY;
}

/*
 * The verdict of one question. in_host: the caller is in the initial pid and network namespaces
 * (ignored unless needed).
 */
static inline __u32 bpflock_decide(const struct bpflock_ruleset *r, __u32 reason, int in_host)
{
	if (bpflock_allows_everybody(r, reason) || (bpflock_allows_host(r, reason) && in_host))
		return BPFLOCK_VERDICT_ALLOW;
	return bpflock_refusal(r);
}

/* The profile that governs an operation: module_request has its own. */
static inline __u32 bpflock_profile_of(const struct bpflock_ruleset *r, __u32 reason)
{
	if (reason != BPFLOCK_MODULE_REQUEST)
		return r->profile;
	return r->kmodlock == BPFLOCK_KMODLOCK_OFF ? BPFLOCK_PROFILE_PRIVILEGED : r->kmodlock - 1;
}

/*
 * The reason that settled a decision. The lists name operations, so they come before what the
 * profile says of all.
 */
static inline __u32 bpflock_why(const struct bpflock_ruleset *r, __u32 reason)
{
	__u64 bit = bpflock_bit(reason);

	if (r->block & bit)
		return BPFLOCK_WHY_BLOCK;
	if (r->allow & bit)
		return BPFLOCK_WHY_ALLOW;
	if (reason != BPFLOCK_MODULE_REQUEST && r->profile != BPFLOCK_PROFILE_PRIVILEGED &&
	    !(r->governed & bit))
		return BPFLOCK_WHY_LEVEL;
	return BPFLOCK_WHY_PROFILE;
}
