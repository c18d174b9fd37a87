// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies on their way to the kernel.
 *
 * The host's part of a policy is the one value of a frozen map; its cgroup rules, their tree of
 * paths, and the grants are a bank: one frozen map of each kind. A new policy fills a bank that
 * nobody uses, then its host part enters the active slot, and with that one pointer everything
 * changes at once. Most rules of a large policy are in a second bank, its base, which a change
 * leaves as it is: it costs what has changed since the base was written. The kernel waits for all
 * decisions under way before it returns from such an update (maybe_wait_bpf_programs(),
 * kernel/bpf/syscall.c), so the old bank can be emptied right after. Killed anywhere, what is in no
 * slot is merely in the way, and the next writer empties it first.
 */
#include <bpf/bpf.h>
#include <errno.h>

#include "pins-bank.h"
#include "pins-policy.h"
#include "pins-slots.h"
#include "policy-part.h"
#include "policy-rows.h"
#include "strictness.h"
#include "util.h"

static bool uses(const struct bpflock_policy *p, uint32_t bank)
{
	return p->bank == bank || p->base == bank;
}

/* Empties the banks that neither slot's policy uses; two of them, to be filled. */
static void empty_unused(const struct pins_slots *slots, const struct bpflock_policy *used,
			 const struct bpflock_policy *used_too, uint32_t ret_free[2])
{
	uint32_t n = 0;

	for (uint32_t bank = 0; bank < BPFLOCK_BANKS; bank++) {
		if (uses(used, bank) || uses(used_too, bank))
			continue;
		pins_bank_empty(slots, bank);
		if (n < 2)
			ret_free[n++] = bank;
	}
}

static const struct bpflock_policy no_banks = { .bank = BPFLOCK_NO_BANK, .base = BPFLOCK_NO_BANK };

static void settle(const struct pins_slots *slots, const struct bpflock_policy *host,
		   const struct bpflock_policy *fallback)
{
	uint32_t slot = BPFLOCK_SLOT_FALLBACK, unused[2];

	if (!host->expires)
		bpf_map_delete_elem(slots->policy, &slot);
	empty_unused(slots, host, host->expires ? fallback : &no_banks, unused);
}

static int fill(const struct pins_slots *slots, uint32_t bank, enum policy_rows_of of,
		const struct policy *policy, struct bpflock_policy *host)
{
	struct policy_rows rows;
	int r = policy_rows_make(policy, of, host, &rows);

	if (r < 0)
		return r;
	r = pins_bank_fill(slots, bank, of == POLICY_ROWS_OF_BASE, &rows);
	policy_rows_done(&rows);
	return r;
}

/* Fills one bank for a part, and for a whole policy that is small; else a base as well. */
static int fill_both(const struct pins_slots *slots, const struct policy *policy,
		     const uint32_t unused[2], struct bpflock_policy *host)
{
	bool small = policy->part || !policy_part_is_full(policy);
	int r;

	host->granted = host->ends = host->n_rows = host->n_grants = 0;
	host->bank = BPFLOCK_NO_BANK;
	if (!policy->part) {
		host->depth = host->n_base = 0;
		host->base = BPFLOCK_NO_BANK;
	}
	if (!policy->part && !policy->n_rules && !policy->n_grants)
		return 0;
	host->bank = unused[0];
	r = fill(slots, host->bank, small ? POLICY_ROWS_OF_ALL : POLICY_ROWS_OF_OWN, policy, host);
	if (r < 0 || small)
		return r;
	host->base = unused[1];
	return fill(slots, host->base, POLICY_ROWS_OF_BASE, policy, host);
}

/* A part that has become too large is written with its base, as a whole. */
static int fill_whole(const struct pins_slots *slots, const struct policy *part,
		      const uint32_t unused[2], struct bpflock_policy *host)
{
	CLEANUP(policy_done) struct policy whole;
	int r;

	policy_init(&whole);
	r = pins_bank_read_base(slots, &part->host, &whole);
	if (r == 0)
		r = policy_part_lay_over(&whole, part);
	return r == 0 ? fill_both(slots, &whole, unused, host) : r;
}

/* Fills banks that neither slot's policy uses. */
static int fill_banks(const struct pins_slots *slots, const struct policy *policy,
		      const struct bpflock_policy *active, const struct bpflock_policy *fallback,
		      struct bpflock_policy *host)
{
	uint32_t unused[2];

	empty_unused(slots, active, fallback, unused);
	return policy->part && policy_part_is_full(policy) ? fill_whole(slots, policy, unused, host)
							   : fill_both(slots, policy, unused, host);
}

static void keep_banks(struct bpflock_policy *host, const struct bpflock_policy *old)
{
	host->granted = old->granted;
	host->ends = old->ends;
	host->bank = old->bank;
	host->base = old->base;
	host->n_rows = old->n_rows;
	host->n_base = old->n_base;
	host->n_grants = old->n_grants;
	host->depth = old->depth;
}

int pins_policy_write(const struct pins_slots *slots, const struct policy *policy,
		      const struct policy *old, enum pins_write how)
{
	struct bpflock_policy active = no_banks, fallback = no_banks, host = policy->host;
	uint32_t in_force = BPFLOCK_SLOT_ACTIVE, unused[2];
	bool has_fallback = false;
	/* a set that is being made has nothing in its slots yet */
	int r = pins_slots_read_both(slots, &active, &fallback, &has_fallback, &in_force);

	if (r < 0 && r != -ENOENT)
		return r;
	r = 0;
	host.edition = (active.edition > fallback.edition ? active.edition : fallback.edition) + 1;
	host.strictest = strictness_of(policy);
	if (how == PINS_WRITE_FOR_GOOD)
		host.expires = 0;
	if (old && policy_same_rules(policy, old))
		keep_banks(&host, &old->host);
	else
		r = fill_banks(slots, policy, &active, &fallback, &host);
	/* what a trial falls back to is in its slot before the trial begins */
	if (r == 0 && host.expires && !has_fallback) {
		r = pins_slots_write(slots, BPFLOCK_SLOT_FALLBACK, &active);
		fallback = active;
	}
	if (r == 0)
		r = pins_slots_write(slots, BPFLOCK_SLOT_ACTIVE, &host);
	if (r < 0)
		empty_unused(slots, &active, &fallback, unused);
	else
		settle(slots, &host, &fallback);
	return r;
}

int pins_policy_confirm(const struct pins *p)
{
	struct bpflock_policy active, fallback;
	bool has_fallback;
	uint32_t in_force;
	int r = pins_slots_read_both(&p->slots, &active, &fallback, &has_fallback, &in_force);

	if (r < 0)
		return r;
	if (!has_fallback || in_force != BPFLOCK_SLOT_ACTIVE)
		return -ENOENT;
	active.expires = 0;
	r = pins_slots_write(&p->slots, BPFLOCK_SLOT_ACTIVE, &active);
	if (r == 0)
		settle(&p->slots, &active, &fallback);
	return r;
}

int pins_policy_note_refused(const struct pins *p, const struct bpflock_refused *what)
{
	struct bpflock_policy slots[_BPFLOCK_SLOT_MAX], *host;
	bool has_fallback;
	uint32_t in_force, fallback;
	int r = pins_slots_read_both(&p->slots, &slots[BPFLOCK_SLOT_ACTIVE],
				     &slots[BPFLOCK_SLOT_FALLBACK], &has_fallback, &in_force);

	if (r < 0)
		return r;
	host = &slots[in_force];
	fallback = host->refused.fallback;
	host->refused = *what;
	host->refused.fallback = fallback;
	return pins_slots_write(&p->slots, in_force, host);
}
