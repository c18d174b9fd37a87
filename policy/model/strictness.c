// SPDX-License-Identifier: GPL-2.0-only
#include "strictness.h"

#include <string.h>

#include "seal-abi.h"

struct closed strictness_closed(const struct bpflock_ruleset *r)
{
	if (r->mode == BPFLOCK_MODE_AUDIT)
		return (struct closed){};
	return (struct closed){ r->deny, r->deny | r->host_only };
}

static bool denies_as_much(const struct bpflock_ruleset *a, const struct bpflock_ruleset *b)
{
	struct closed x = strictness_closed(a), y = strictness_closed(b);

	return (y.host & ~x.host) == 0 && (y.containers & ~x.containers) == 0;
}

/* Between the paths of rules nothing changes, so at these alone both are compared. */
static bool compare_at_rules_of(const struct policy *paths, const struct policy *a,
				const struct policy *b)
{
	for (size_t i = 0; i < paths->n_rules; i++)
		if (!denies_as_much(policy_rules_at(a, paths->rules[i]->path),
				    policy_rules_at(b, paths->rules[i]->path)))
			return false;
	return true;
}

/* A rule set hides the grants above it, so those are compared only where the paths of both are the
 * same. */
static bool has_same_paths(const struct policy *a, const struct policy *b)
{
	if (a->n_rules != b->n_rules)
		return false;
	for (size_t i = 0; i < a->n_rules; i++)
		if (!policy_find_rule(b, a->rules[i]->path))
			return false;
	return true;
}

static bool has_grant(const struct policy *p, const struct grant *g)
{
	for (size_t i = 0; i < p->n_grants; i++)
		if (strcmp(p->grants[i].path, g->path) == 0 &&
		    (g->operations & ~p->grants[i].operations) == 0 &&
		    p->grants[i].expires >= g->expires)
			return true;
	return false;
}

bool strictness_at_least(const struct policy *a, const struct policy *b)
{
	if (!denies_as_much(&a->host.rules, &b->host.rules) || !compare_at_rules_of(a, a, b) ||
	    !compare_at_rules_of(b, a, b))
		return false;
	if (a->n_grants && !has_same_paths(a, b))
		return false;
	for (size_t i = 0; i < a->n_grants; i++)
		if (!has_grant(b, &a->grants[i]))
			return false;
	return true;
}

static void tighten(struct bpflock_ruleset *to, const struct bpflock_ruleset *by)
{
	/* a rule set in audit mode refuses nothing */
	if (to->mode == BPFLOCK_MODE_AUDIT && by->mode == BPFLOCK_MODE_ENFORCE)
		to->deny = to->host_only = 0;
	if (by->mode == BPFLOCK_MODE_ENFORCE || to->mode == BPFLOCK_MODE_AUDIT) {
		to->deny |= by->deny;
		to->host_only |= by->host_only;
		to->mode = by->mode;
	}
	to->block |= by->block;
	to->allow &= by->allow;
	to->governed |= by->governed;
	if (by->profile > to->profile)
		to->profile = by->profile;
	if (by->level > to->level)
		to->level = by->level;
	if (by->kmodlock > to->kmodlock)
		to->kmodlock = by->kmodlock;
	if (by->log < to->log)
		to->log = by->log;
}

struct bpflock_ruleset strictness_of(const struct policy *p)
{
	struct bpflock_ruleset strictest = p->host.rules;

	for (size_t i = 0; i < p->n_rules; i++)
		tighten(&strictest, &p->rules[i]->rules);
	if (p->part)
		tighten(&strictest, &p->rest);
	return strictest;
}

struct bpflock_ruleset strictness_of_base(const struct policy *p)
{
	struct bpflock_ruleset strictest = {};
	bool any = false;

	for (size_t i = 0; i < p->n_rules; i++) {
		if (p->rules[i]->like_host)
			continue;
		if (any)
			tighten(&strictest, &p->rules[i]->rules);
		else
			strictest = p->rules[i]->rules;
		any = true;
	}
	return strictest;
}

uint32_t strictness_slot(const struct policy *active, const struct policy *fallback)
{
	if (strictness_at_least(active, fallback))
		return BPFLOCK_SLOT_ACTIVE;
	return strictness_at_least(fallback, active) ? BPFLOCK_SLOT_FALLBACK : BPFLOCK_NO_SLOT;
}
