/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy that decides now. */
#pragma once

#include "policy-maps.h"
#include "seal-state.h"

static __always_inline const struct bpflock_policy *policy_in(__u32 slot)
{
	__u32 zero = 0;
	void *inner;

	inner = bpf_map_lookup_elem(&policy, &slot);
	return inner ? bpf_map_lookup_elem(inner, &zero) : NULL;
}

/* A policy on trial that nobody has confirmed ends by itself. */
static __always_inline const struct bpflock_policy *policy_in_force(void)
{
	const struct bpflock_policy *p = policy_in(BPFLOCK_SLOT_ACTIVE);

	if (p && p->expires && (trial_is_over() || bpf_ktime_get_boot_ns() >= p->expires) &&
	    !trial_is_won())
		return policy_in(BPFLOCK_SLOT_FALLBACK);
	return p;
}
