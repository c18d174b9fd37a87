/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy that decides now. */
#pragma once

#include "policy-maps.h"
#include "seal-state.h"

static const __u32 active_slot = BPFLOCK_SLOT_ACTIVE, fallback_slot = BPFLOCK_SLOT_FALLBACK;

static __always_inline const struct bpflock_policy *policy_in(const __u32 *slot)
{
	void *inner = bpf_map_lookup_elem(&policy, slot);

	return inner ? only_value(inner) : NULL;
}

static __always_inline const struct bpflock_policy *active_policy(void)
{
	return policy_in(&active_slot);
}

/* Returns the active policy, or the other one: a policy on trial that nobody has confirmed ends by itself. */
static __always_inline const struct bpflock_policy *
policy_or_fallback(const struct bpflock_policy *active)
{
	if (active && active->expires &&
	    (trial_is_over() || bpf_ktime_get_boot_ns() >= active->expires) && !trial_is_won())
		return policy_in(&fallback_slot);
	return active;
}

static __always_inline const struct bpflock_policy *policy_in_force(void)
{
	return policy_or_fallback(active_policy());
}
