// SPDX-License-Identifier: GPL-2.0-only
#include "looser.h"

#include "operations.h"
#include "strictness.h"

/* Both sides at every path that has a rule set, and what came out so far. */
struct comparison {
	const struct policy *old, *new;
	const struct looser_context *context;
	struct bpflock_looser record;
	bool closes;
};

static struct closed closed_at(const struct comparison *c, const struct policy *p, const char *path)
{
	struct closed closed = strictness_closed(policy_rules_at(p, path));
	uint64_t always = c->context->latched | p->host.latch;
	uint64_t named = operations_named(c->context->ops);

	return (struct closed){ (closed.host | always) & named,
				(closed.containers | always) & named };
}

/* Compares at the path of a cgroup; "/": for all tasks that the host's rule set holds for. */
static void compare_at(struct comparison *c, const char *path)
{
	struct closed before = closed_at(c, c->old, path), after = closed_at(c, c->new, path);
	uint64_t host = before.host & ~after.host,
		 containers = before.containers & ~after.containers;

	if (path[1]) {
		c->record.cgroups |= host | containers;
	} else {
		c->record.host = host;
		c->record.containers = containers;
	}
	if ((after.host & ~before.host) | (after.containers & ~before.containers))
		c->closes = true;
}

static void compare(struct comparison *c)
{
	compare_at(c, "/");
	for (size_t i = 0; i < c->new->n_rules; i++)
		compare_at(c, c->new->rules[i]->path);
	for (size_t i = 0; i < c->old->n_rules; i++)
		if (!policy_find_rule(c->new, c->old->rules[i]->path))
			compare_at(c, c->old->rules[i]->path);
}

/* The settings of the host that alone could open something. */
static uint32_t looser_settings(const struct bpflock_ruleset *old,
				const struct bpflock_ruleset *new)
{
	const struct {
		enum bpflock_setting setting;
		bool looser;
	} rows[] = {
		{ BPFLOCK_SETTING_PROFILE, new->profile < old->profile },
		{ BPFLOCK_SETTING_LEVEL, new->level < old->level },
		{ BPFLOCK_SETTING_BLOCK, old->block & ~new->block },
		{ BPFLOCK_SETTING_ALLOW, new->allow & ~old->allow },
		{ BPFLOCK_SETTING_MODE, new->mode > old->mode },
		{ BPFLOCK_SETTING_KMODLOCK, new->kmodlock < old->kmodlock },
	};
	uint32_t mask = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		mask |= rows[i].looser ? 1U << rows[i].setting : 0;
	return mask;
}

static bool opens(const struct bpflock_looser *l)
{
	return l->host | l->containers | l->cgroups;
}

void looser_record(struct policy *new, const struct policy *old,
		   const struct looser_context *context)
{
	struct comparison c = { .old = old, .new = new, .context = context };
	const struct bpflock_looser *before = looser_of(&old->host);

	compare(&c);
	if (opens(&c.record)) {
		c.record.time = context->now;
		c.record.settings = looser_settings(&old->host.rules, &new->host.rules);
	} else if (!c.closes && before) {
		c.record = *before;
	}
	c.record.generation = opens(&c.record) ? new->host.generation : 0;
	new->host.looser = c.record;
}

const struct bpflock_looser *looser_of(const struct bpflock_policy *host)
{
	const struct bpflock_looser *l = &host->looser;

	return l->generation && l->generation == host->generation && opens(l) ? l : NULL;
}

unsigned int looser_count(const struct bpflock_policy *host)
{
	const struct bpflock_looser *l = looser_of(host);

	return l ? __builtin_popcountll(l->host | l->containers | l->cgroups) : 0;
}
