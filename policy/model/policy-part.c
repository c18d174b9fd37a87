// SPDX-License-Identifier: GPL-2.0-only
#include "policy-part.h"

#include <errno.h>
#include <string.h>

static bool has_grant(const struct policy *p, const char *path)
{
	for (size_t i = 0; i < p->n_grants; i++)
		if (strcmp(p->grants[i].path, path) == 0)
			return true;
	return false;
}

bool policy_part_is_full(const struct policy *p)
{
	size_t n = p->n_gone;

	for (size_t i = 0; i < p->n_rules && n <= POLICY_PART_MAX; i++)
		n += !p->rules[i]->like_host && !has_grant(p, p->rules[i]->path);
	return n > POLICY_PART_MAX;
}

int policy_part_note_gone(struct policy *new, const struct policy *old)
{
	for (size_t i = 0; i < old->n_rules; i++) {
		const struct rule *r = old->rules[i];

		if (r->based && !policy_find_rule(new, r->path) && !policy_is_gone(new, r->path) &&
		    policy_put_gone(new, r->path) < 0)
			return -ENOMEM;
	}
	return 0;
}

int policy_part_lay_over(struct policy *base, const struct policy *part)
{
	for (size_t i = 0; i < part->n_gone; i++)
		policy_delete_rule(base, part->gone[i]);
	for (size_t i = 0; i < part->n_rules; i++)
		if (!policy_put_rule(base, part->rules[i]))
			return -ENOMEM;
	for (size_t i = 0; i < part->n_grants; i++)
		if (!policy_put_grant(base, &part->grants[i]))
			return -ENOMEM;
	base->host = part->host;
	return 0;
}
