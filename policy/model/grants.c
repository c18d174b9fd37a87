// SPDX-License-Identifier: GPL-2.0-only
#include "grants.h"

#include <string.h>

#include "decide.h"
#include "util.h"

/* Returns whether path is ancestor or below it. "/" is above all. */
static bool is_below(const char *path, const char *ancestor)
{
	size_t n = strlen(ancestor);

	return strcmp(ancestor, "/") == 0 ||
	       (strncmp(path, ancestor, n) == 0 && (path[n] == '/' || path[n] == '\0'));
}

const struct grant *grants_find(const struct policy *p, const char *path, uint32_t reason,
				uint64_t now)
{
	const struct rule *r = policy_rule_for(p, path);
	const struct grant *last = NULL;

	for (size_t i = 0; i < p->n_grants; i++) {
		const struct grant *g = &p->grants[i];

		if ((g->operations & bpflock_bit(reason)) && g->expires > now &&
		    is_below(path, g->path) && (!r || is_below(g->path, r->path)) &&
		    (!last || g->expires > last->expires))
			last = g;
	}
	return last;
}

struct grant *grants_add(struct policy *p, const char *path, uint64_t operations, uint64_t given,
			 uint64_t expires, uint32_t uid, const char *note)
{
	struct grant g = { .id = 1,
			   .path = (char *)path,
			   .operations = operations,
			   .given = given,
			   .expires = expires,
			   .uid = uid };

	for (size_t i = 0; i < p->n_grants; i++)
		if (p->grants[i].id >= g.id)
			g.id = p->grants[i].id + 1;
	snprintf(g.note, sizeof(g.note), "%s", note ? note : "");
	return policy_put_grant(p, &g);
}

struct grant *grants_renew(struct policy *p, const char *path, uint64_t operations, uint64_t given,
			   uint64_t expires, uint32_t uid, const char *note)
{
	for (size_t i = 0; i < p->n_grants; i++) {
		struct grant *g = &p->grants[i];

		if (g->operations != operations || strcmp(g->path, path) != 0)
			continue;
		if (g->expires >= expires)
			return g;
		g->given = given;
		g->expires = expires;
		g->uid = uid;
		if (note)
			snprintf(g->note, sizeof(g->note), "%s", note);
		return g;
	}
	return grants_add(p, path, operations, given, expires, uid, note);
}

const struct grant *grants_by_id(const struct policy *p, uint32_t id)
{
	for (size_t i = 0; i < p->n_grants; i++)
		if (p->grants[i].id == id)
			return &p->grants[i];
	return NULL;
}

void grants_delete(struct policy *p, size_t i)
{
	free(p->grants[i].path);
	memmove(&p->grants[i], &p->grants[i + 1], (p->n_grants - i - 1) * sizeof(*p->grants));
	p->n_grants--;
}

size_t grants_forget_ended(struct policy *p, uint64_t now)
{
	size_t before = p->n_grants;

	for (size_t i = p->n_grants; i-- > 0;)
		if (p->grants[i].expires <= now)
			grants_delete(p, i);
	return before - p->n_grants;
}

uint64_t grants_ends(const struct policy *p, const char *path, struct bpflock_ends *ret_ends)
{
	uint64_t operations = 0;

	*ret_ends = (struct bpflock_ends){};
	for (size_t i = 0; i < p->n_grants; i++) {
		const struct grant *g = &p->grants[i];

		if (strcmp(g->path, path) != 0)
			continue;
		operations |= g->operations;
		for (uint32_t r = 0; r < BPFLOCK_REASONS; r++)
			if ((g->operations & (1ULL << r)) && g->expires > ret_ends->until[r])
				ret_ends->until[r] = g->expires;
	}
	return operations;
}
