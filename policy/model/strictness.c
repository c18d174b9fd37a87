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

uint32_t strictness_slot(const struct policy *active, const struct policy *fallback)
{
	if (strictness_at_least(active, fallback))
		return BPFLOCK_SLOT_ACTIVE;
	return strictness_at_least(fallback, active) ? BPFLOCK_SLOT_FALLBACK : BPFLOCK_NO_SLOT;
}
