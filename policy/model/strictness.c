// SPDX-License-Identifier: GPL-2.0-only
#include "strictness.h"

#include <string.h>

#include "seal-abi.h"

/* The denied operations: to everybody, and outside the host's namespaces. */
static bool denies_as_much(const struct bpflock_ruleset *a, const struct bpflock_ruleset *b)
{
	if (b->mode == BPFLOCK_MODE_AUDIT)
		return true;
	return a->mode != BPFLOCK_MODE_AUDIT && (b->deny & ~a->deny) == 0 &&
	       (b->host_only & ~(a->deny | a->host_only)) == 0;
}

static const struct bpflock_ruleset *rules_for(const struct policy *p, const char *path)
{
	const struct rule *rule = policy_rule_for(p, path);

	return rule ? &rule->rules : &p->host.rules;
}

/* Between the paths of rules nothing changes, so at these alone both are compared. */
static bool compare_at_rules_of(const struct policy *paths, const struct policy *a,
				const struct policy *b)
{
	for (size_t i = 0; i < paths->n_rules; i++)
		if (!denies_as_much(rules_for(a, paths->rules[i]->path),
				    rules_for(b, paths->rules[i]->path)))
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
