// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies on their way to the kernel and back.
 *
 * The host's part of a policy is the one value of a frozen map; its cgroup rules, their tree of
 * paths, and the grants are a bank: one frozen map of each kind. A new policy fills a bank that nobody uses, then its host part enters the active slot,
 * and with that one pointer everything changes at once. The kernel waits for all decisions under way
 * before it returns from such an update (maybe_wait_bpf_programs(), kernel/bpf/syscall.c), so the
 * old bank can be emptied right after. Killed anywhere, what is in no slot is merely in the way, and
 * the next writer empties it first.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "inner-map.h"
#include "pins-policy.h"
#include "pins.h"
#include "policy-rows.h"
#include "util.h"

static const uint32_t zero;

static void empty_bank(const struct pins_slots *slots, uint32_t bank)
{
	static const struct inner_kind *const kinds[] = { &inner_rules, &inner_ends, &inner_grants,
							  &inner_nodes };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		inner_map_remove(slots, kinds[i], bank);
	if (slots->sealed)
		inner_map_remove(slots, &inner_paths, bank);
}

static int fill_bank(const struct pins_slots *slots, const struct policy_rows *b, uint32_t bank)
{
	int r = inner_map_enter_new(slots, &inner_rules, bank, NULL, b->rules, b->n, b->n);

	if (r == 0)
		r = inner_map_enter_new(slots, &inner_ends, bank, NULL, b->ends, b->n_ends,
					b->n_ends);
	if (r == 0)
		r = inner_map_enter_new(slots, &inner_grants, bank, NULL, b->grants, b->n_grants,
					b->n_grants);
	if (r == 0 && slots->sealed)
		r = inner_map_enter_new(slots, &inner_paths, bank, NULL, b->nodes, b->n, b->n);
	if (r == 0)
		r = inner_map_enter_new(slots, &inner_nodes, bank, b->nodes + 1, b->rows + 1,
					b->n - 1, b->n);
	return r;
}

static void end_texts(struct bpflock_policy *p)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		p->sources[s][BPFLOCK_SOURCE_LEN - 1] = '\0';
	p->refused.text[sizeof(p->refused.text) - 1] = '\0';
}

static int read_sealed_slot(int fd, uint32_t slot, struct bpflock_policy *ret)
{
	int r = ask_policy(fd, slot, ret);

	if (r == 0)
		end_texts(ret);
	return r;
}

/* The host's part of the policy in a slot. -ENOENT: the slot is empty. */
static int read_slot(const struct pins_slots *slots, uint32_t slot, struct bpflock_policy *ret)
{
	if (slots->ask >= 0)
		return read_sealed_slot(slots->ask, slot, ret);
	/* the map whose id we read may be replaced, and be gone, before we can open it */
	for (int tries = 0; tries < 100; tries++) {
		CLEANUP(close_fdp) int fd = -1;
		struct bpflock_policy policy;
		uint32_t id;

		if (bpf_map_lookup_elem(slots->policy, &slot, &id) < 0)
			return -errno;
		fd = inner_map_open_id(id);
		if (fd == -EAGAIN) /* while another set is being sealed nobody gets one */
			nanosleep(&(struct timespec){ .tv_nsec = 50 * 1000 * 1000 }, NULL);
		if (fd == -ENOENT || fd == -EAGAIN)
			continue;
		if (fd < 0)
			return fd;
		if (bpf_map_lookup_elem(fd, &zero, &policy) < 0)
			return -errno;
		end_texts(&policy);
		*ret = policy;
		return 0;
	}
	return -EAGAIN;
}

static bool has_ended(const struct bpflock_policy *p)
{
	return p->expires && p->expires <= clock_boottime();
}

/* A trial of a sealed set is ended by its state, and not by its maps. */
static int obey_settled(int fd, struct bpflock_policy *active, bool *has_fallback, uint32_t *in_force)
{
	struct bpflock_seal seal;
	int r = ask_seal(fd, &seal);

	if (r < 0 || !seal.settled)
		return r;
	*in_force = seal.settled - 1;
	if (*in_force == BPFLOCK_SLOT_ACTIVE) {
		*has_fallback = false;
		active->expires = 0;
	}
	return 0;
}

/* The slot that decides, and what is in both. has_fallback: a trial is under way or has ended. */
static int read_slots(const struct pins_slots *slots, struct bpflock_policy *active,
		      struct bpflock_policy *fallback, bool *has_fallback, uint32_t *in_force)
{
	int r = read_slot(slots, BPFLOCK_SLOT_ACTIVE, active);

	if (r < 0)
		return r;
	*has_fallback = false;
	*in_force = BPFLOCK_SLOT_ACTIVE;
	if (!active->expires)
		return 0;
	r = read_slot(slots, BPFLOCK_SLOT_FALLBACK, fallback);
	if (r < 0)
		return r;
	*has_fallback = true;
	if (has_ended(active))
		*in_force = BPFLOCK_SLOT_FALLBACK;
	return slots->ask >= 0 ? obey_settled(slots->ask, active, has_fallback, in_force) : 0;
}

int pins_policy_read_host(const struct pins *p, struct bpflock_policy *ret_policy)
{
	struct bpflock_policy active, fallback;
	bool has_fallback;
	uint32_t slot;
	int r = read_slots(&p->slots, &active, &fallback, &has_fallback, &slot);

	if (r == 0)
		*ret_policy = slot == BPFLOCK_SLOT_ACTIVE ? active : fallback;
	return r;
}

static int write_slot(const struct pins_slots *slots, uint32_t slot,
		      const struct bpflock_policy *host)
{
	return inner_map_enter_new(slots, &inner_policy, slot, NULL, host, 1, 1);
}

/* A bank that neither slot's policy uses, emptied. */
static uint32_t free_bank(const struct pins_slots *slots, uint32_t used, uint32_t used_too)
{
	uint32_t chosen = BPFLOCK_NO_BANK;

	for (uint32_t bank = 0; bank < BPFLOCK_BANKS; bank++) {
		if (bank == used || bank == used_too)
			continue;
		empty_bank(slots, bank);
		if (chosen == BPFLOCK_NO_BANK)
			chosen = bank;
	}
	return chosen;
}

static void settle(const struct pins_slots *slots, const struct bpflock_policy *host,
		   const struct bpflock_policy *fallback)
{
	uint32_t slot = BPFLOCK_SLOT_FALLBACK;

	if (!host->expires) {
		bpf_map_delete_elem(slots->policy, &slot);
		free_bank(slots, host->bank, BPFLOCK_NO_BANK);
	} else {
		free_bank(slots, host->bank, fallback->bank);
	}
}

int pins_policy_write(const struct pins_slots *slots, const struct policy *policy,
		      enum pins_write how)
{
	struct bpflock_policy active = { .bank = BPFLOCK_NO_BANK },
			      fallback = { .bank = BPFLOCK_NO_BANK }, host = policy->host;
	struct policy_rows b = {};
	bool has_fallback = false;
	uint32_t in_force = BPFLOCK_SLOT_ACTIVE;
	int r;

	/* a set that is being made has nothing in its slots yet */
	r = read_slots(slots, &active, &fallback, &has_fallback, &in_force);
	if (r < 0 && r != -ENOENT)
		return r;
	r = 0;
	host.bank = BPFLOCK_NO_BANK;
	host.granted = host.ends = host.n_rows = host.n_grants = host.depth = 0;
	host.strictest = (struct bpflock_ruleset){};
	if (how == PINS_WRITE_FOR_GOOD)
		host.expires = 0;
	if (policy->n_rules || policy->n_grants) {
		host.bank = free_bank(slots, active.bank, fallback.bank);
		r = policy_rows_make(policy, &host, &b);
		if (r == 0)
			r = fill_bank(slots, &b, host.bank);
		policy_rows_done(&b);
	}
	/* what a trial falls back to is in its slot before the trial begins */
	if (r == 0 && host.expires && !has_fallback) {
		r = write_slot(slots, BPFLOCK_SLOT_FALLBACK, &active);
		fallback = active;
	}
	if (r == 0)
		r = write_slot(slots, BPFLOCK_SLOT_ACTIVE, &host);
	if (r < 0) {
		if (host.bank != BPFLOCK_NO_BANK)
			empty_bank(slots, host.bank);
		return r;
	}
	settle(slots, &host, &fallback);
	return 0;
}

int pins_policy_confirm(const struct pins *p)
{
	struct bpflock_policy active, fallback;
	bool has_fallback;
	uint32_t in_force;
	int r = read_slots(&p->slots, &active, &fallback, &has_fallback, &in_force);

	if (r < 0)
		return r;
	if (!has_fallback || in_force != BPFLOCK_SLOT_ACTIVE)
		return -ENOENT;
	active.expires = 0;
	r = write_slot(&p->slots, BPFLOCK_SLOT_ACTIVE, &active);
	if (r == 0)
		settle(&p->slots, &active, &fallback);
	return r;
}

int pins_policy_note_refused(const struct pins *p, const struct bpflock_refused *what)
{
	struct bpflock_policy slots[_BPFLOCK_SLOT_MAX], *host;
	bool has_fallback;
	uint32_t in_force, fallback;
	int r = read_slots(&p->slots, &slots[BPFLOCK_SLOT_ACTIVE], &slots[BPFLOCK_SLOT_FALLBACK],
			   &has_fallback, &in_force);

	if (r < 0)
		return r;
	host = &slots[in_force];
	fallback = host->refused.fallback;
	host->refused = *what;
	host->refused.fallback = fallback;
	return write_slot(&p->slots, in_force, host);
}

/* The nodes in the order of their rows; the caller frees *ret. */
static int read_tree(const struct pins_slots *slots, uint32_t bank, uint32_t n, void **ret)
{
	struct bpflock_node *sorted = calloc((size_t)n + 1, sizeof(*sorted));
	CLEANUP(free_charp) char *nodes = NULL;
	CLEANUP(free_charp) char *rows = NULL;
	int count = sorted ? inner_map_read_hash(slots, &inner_nodes, bank, n, &nodes, &rows) : -ENOMEM;

	for (int i = 0; i < count; i++) {
		uint32_t row;

		memcpy(&row, rows + i * sizeof(row), sizeof(row));
		if (row < n)
			memcpy(&sorted[row], nodes + i * sizeof(*sorted), sizeof(*sorted));
	}
	if (count < 0)
		free(sorted);
	else
		*ret = sorted;
	return count;
}

static int read_bank(const struct pins_slots *slots, struct policy *p)
{
	const struct bpflock_policy *host = &p->host;
	struct policy_rows b = { .n = host->n_rows, .n_grants = host->n_grants };
	void *nodes = NULL, *rules = NULL, *grants = NULL;
	int r;

	if (host->bank >= BPFLOCK_BANKS)
		return 0;
	r = slots->ask >= 0 ? inner_map_read(slots, &inner_paths, host->bank, b.n, &nodes)
			    : read_tree(slots, host->bank, b.n, &nodes);
	if (r >= 0)
		r = inner_map_read(slots, &inner_rules, host->bank, b.n, &rules);
	if (r >= 0)
		r = inner_map_read(slots, &inner_grants, host->bank, b.n_grants, &grants);
	b.nodes = nodes;
	b.rules = rules;
	b.grants = grants;
	if (r >= 0)
		r = policy_rows_unpack(&b, p);
	policy_rows_done(&b);
	return r;
}

/* The identity of a policy that was read shows whether it still is the active one. */
static bool same_policy(const struct bpflock_policy *a, const struct bpflock_policy *b)
{
	return a->generation == b->generation && a->bank == b->bank && a->expires == b->expires;
}

static int read_once(const struct pins *p, struct policy *ret, struct pins_policy_state *state)
{
	struct bpflock_policy active, fallback, again;
	uint32_t slot;
	bool trial;
	int r = read_slots(&p->slots, &active, &fallback, &trial, &slot);

	if (r < 0)
		return r;
	policy_init(ret);
	ret->host = slot == BPFLOCK_SLOT_ACTIVE ? active : fallback;
	r = read_bank(&p->slots, ret);
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
	r = read_slot(&p->slots, slot, &policy.host);
	if (r == 0)
		r = read_bank(&p->slots, &policy);
	if (r < 0)
		policy_done(&policy);
	else
		*ret_policy = policy;
	return r;
}

int pins_policy_read(const struct pins *p, struct policy *ret_policy,
		     struct pins_policy_state *ret_state)
{
	struct pins_policy_state state;
	struct policy policy;
	int r = -EAGAIN;

	for (int tries = 0; tries < 100 && r == -EAGAIN; tries++)
		r = read_once(p, &policy, &state);
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
