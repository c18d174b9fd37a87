// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>

#include "pins-bank.h"
#include "pins-policy.h"
#include "pins-slots.h"
#include "pins.h"
#include "policy-part.h"
#include "util.h"

int pins_policy_read_host(const struct pins *p, struct bpflock_policy *ret_policy)
{
	struct bpflock_policy active, fallback;
	bool has_fallback;
	uint32_t slot;
	int r = pins_slots_read_both(&p->slots, &active, &fallback, &has_fallback, &slot);

	if (r == 0)
		*ret_policy = slot == BPFLOCK_SLOT_ACTIVE ? active : fallback;
	return r;
}

/* The identity of a policy that was read shows whether it still is the active one. */
static bool same_policy(const struct bpflock_policy *a, const struct bpflock_policy *b)
{
	return a->edition == b->edition && a->expires == b->expires;
}

/* Makes the whole of what was read of its own bank. */
static int add_base(const struct pins_slots *slots, struct policy *p)
{
	struct policy whole;
	int r;

	if (p->host.base >= BPFLOCK_BANKS)
		return 0;
	policy_init(&whole);
	r = pins_bank_read_base(slots, &p->host, &whole);
	if (r == 0)
		r = policy_part_lay_over(&whole, p);
	policy_done(r == 0 ? p : &whole);
	if (r == 0)
		*p = whole;
	return r;
}

/* Adds to a host's part what a change of the path takes, or all if that is NULL. */
static int read_banks(const struct pins_slots *slots, const char *about, struct policy *p)
{
	int r = pins_bank_read(slots, &p->host, p);

	if (r < 0 || !about || slots->ask >= 0)
		return r < 0 ? r : add_base(slots, p);
	p->part = p->host.base < BPFLOCK_BANKS;
	if (p->part)
		r = pins_bank_strictest_of_base(slots, p->host.base, &p->rest);
	if (r == 0 && p->part)
		r = pins_bank_find_in_base(slots, p, about);
	for (size_t i = 0; r == 0 && p->part && i < p->n_grants; i++)
		r = pins_bank_find_in_base(slots, p, p->grants[i].path);
	return r;
}

static int read_once(const struct pins *p, const char *about, struct policy *ret,
		     struct pins_policy_state *state)
{
	struct bpflock_policy active, fallback, again;
	uint32_t slot;
	bool trial;
	int r = pins_slots_read_both(&p->slots, &active, &fallback, &trial, &slot);

	if (r < 0)
		return r;
	policy_init(ret);
	ret->host = slot == BPFLOCK_SLOT_ACTIVE ? active : fallback;
	r = read_banks(&p->slots, about, ret);
	if (r == 0)
		r = pins_policy_read_host(p, &again);
	if (r == 0 && !same_policy(&again, &ret->host))
		r = -EAGAIN;
	/* a bank that is gone was emptied behind a switch */
	if (r == -ENOENT)
		r = -EAGAIN;
	if (r < 0) {
		policy_done(ret);
		return r;
	}
	*state = (struct pins_policy_state){
		.newest_generation = active.generation,
		.trial = trial && slot == BPFLOCK_SLOT_ACTIVE,
		.reverted = trial && slot == BPFLOCK_SLOT_FALLBACK,
	};
	if (trial)
		state->fallback = fallback;
	return 0;
}

int pins_policy_read_slot(const struct pins *p, enum bpflock_policy_slot slot,
			  struct policy *ret_policy)
{
	struct policy policy;
	int r;

	policy_init(&policy);
	r = pins_slots_read(&p->slots, slot, &policy.host);
	if (r == 0)
		r = read_banks(&p->slots, NULL, &policy);
	if (r < 0)
		policy_done(&policy);
	else
		*ret_policy = policy;
	return r;
}

int pins_policy_read(const struct pins *p, struct policy *ret_policy,
		     struct pins_policy_state *ret_state)
{
	return pins_policy_read_part(p, NULL, ret_policy, ret_state);
}

int pins_policy_read_part(const struct pins *p, const char *about, struct policy *ret_policy,
			  struct pins_policy_state *ret_state)
{
	struct pins_policy_state state;
	struct policy policy;
	int r = -EAGAIN;

	for (int tries = 0; tries < 100 && r == -EAGAIN; tries++)
		r = read_once(p, about, &policy, &state);
	if (r < 0)
		return r;
	*ret_policy = policy;
	if (ret_state)
		*ret_state = state;
	return 0;
}

int pins_policy_announce(const struct pins *p, const struct bpflock_announcement *what)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = what, .ctx_size_in = sizeof(*what));
	CLEANUP(close_fdp) int fd = pins_open_map(p->path, PIN_ANNOUNCE, true);

	if (fd < 0)
		return fd;
	if (bpf_prog_test_run_opts(fd, &opts) < 0)
		return -errno;
	return opts.retval ? -ENOBUFS : 0;
}
