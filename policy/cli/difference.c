// SPDX-License-Identifier: GPL-2.0-only
#include "difference.h"

#include <string.h>

#include "difference-output.h"
#include "grants.h"
#include "like.h"
#include "operations.h"
#include "ruleset.h"
#include "strictness.h"
#include "util.h"

/* The operations that are named on this kernel; the others cannot be told by name. */
static uint64_t named(const struct difference *d)
{
	return operations_named(d->ops);
}

static void print_setting(struct difference_output *out, const char *path, enum bpflock_setting s,
			  const char *old, const char *new)
{
	difference_output_key(out, path, ruleset_setting_section(s),
			      path ? settings[s].name : ruleset_setting_key(s), old, new);
}

/* A rule set that is NULL is not there on that side; then text leaves out the built-in values. */
static void compare(struct difference_output *out, const char *path,
		    const struct bpflock_policy *old, const struct bpflock_policy *new)
{
	const struct bpflock_operation *ops = out->d->ops;
	struct bpflock_policy built_in;

	ruleset_init(&built_in);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *before = old ? ruleset_setting_text(ops, old, s) : NULL;
		CLEANUP(free_charp) char *after = new ? ruleset_setting_text(ops, new, s) : NULL;
		CLEANUP(free_charp) char *usual = ruleset_setting_text(ops, &built_in, s);
		const char *one = before ?: after;

		if (settings[s].host && path)
			continue;
		if (before && after && strcmp(before, after) == 0)
			continue;
		if (!out->json && !(old && new) && s != BPFLOCK_SETTING_PROFILE && usual && one &&
		    strcmp(one, usual) == 0)
			continue;
		print_setting(out, path, s, before, after);
	}
}

/* A key of a cgroup's rule set as it was asked for; NULL if there is none. Owned by the caller. */
static char *asked(const struct difference_output *out, const struct rule *r,
		   enum bpflock_setting s)
{
	struct bpflock_policy alone = {};

	if (!r || (!settings[s].list && !like_names(r, s)))
		return NULL;
	alone.rules = like_keys(r);
	return ruleset_setting_text(out->d->ops, &alone, s);
}

/* Compares what was asked for of rule sets that are like the host's: the directions show what
 * follows. */
static void compare_like(struct difference_output *out, const char *path, const struct rule *old,
			 const struct rule *new)
{
	bool was = old && old->like_host, is = new &&new->like_host;

	if (was != is)
		difference_output_key(out, path, NULL, LIKE_KEY,
				      was		 ? LIKE_HOST
				      : out->json && old ? ""
							 : NULL,
				      is		 ? LIKE_HOST
				      : out->json && new ? ""
							 : NULL);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *before = asked(out, old, s), *after = asked(out, new, s);
		const char *only = old && new ? "" : (old && before) ? before : after;

		if (settings[s].host || strcmp(before ?: "", after ?: "") == 0)
			continue;
		if (!(old && new) && (!only || !only[0]))
			continue;
		print_setting(out, path, s, before, after);
	}
}

/* Compares what the rule set of a path is before and after; NULL: there is none. */
static void compare_rule(struct difference_output *out, const char *path, const struct rule *old,
			 const struct rule *new)
{
	struct bpflock_policy before = {}, after = {};

	if (old && new &&like_same(old, new))
		return;
	if ((old && old->like_host) || (new &&new->like_host)) {
		compare_like(out, path, old, new);
		return;
	}
	if (old)
		before.rules = old->rules;
	if (new)
		after.rules = new->rules;
	compare(out, path, old ? &before : NULL, new ? &after : NULL);
}

static void compare_settings(struct difference_output *out)
{
	struct policy *old = out->d->old, *new = out->d->new;

	compare(out, NULL, &old->host, &new->host);
	policy_sort(old);
	policy_sort(new);
	for (size_t i = 0; i < old->n_rules; i++)
		compare_rule(out, old->rules[i]->path, old->rules[i],
			     policy_find_rule(new, old->rules[i]->path));
	for (size_t i = 0; i < new->n_rules; i++)
		if (!policy_find_rule(old, new->rules[i]->path))
			compare_rule(out, new->rules[i]->path, NULL, new->rules[i]);
	difference_output_rest(out, out->n, "settings");
}

static struct closed closed_by(const struct difference *d, const struct policy *p, const char *path)
{
	struct closed c = strictness_closed(policy_rules_at(p, path));
	uint64_t always = d->latched | p->host.latch;

	return (struct closed){ (c.host | always) & named(d), (c.containers | always) & named(d) };
}

/*
 * Returns the operations closed by `by` and not by `than`, for the tasks of a cgroup; "/": for the
 * others.
 */
static void direct(struct difference_output *out, const char *verb, const char *path,
		   const struct policy *by, const struct policy *than)
{
	struct closed a = closed_by(out->d, by, path), b = closed_by(out->d, than, path);
	uint64_t host = a.host & ~b.host, containers = a.containers & ~b.containers;

	if (host | containers)
		*(than == out->d->new ? &out->opens : &out->closes) = true;
	difference_output_direction(out, verb, host & containers, path, "everybody");
	difference_output_direction(out, verb, host & ~containers, path, "the host");
	difference_output_direction(out, verb, containers & ~host, path, "containers");
}

/* Between the paths of rules nothing differs, so they alone are compared. */
static void direct_all(struct difference_output *out, const char *verb, const struct policy *by,
		       const struct policy *than)
{
	if (out->json)
		json_open(out->json, verb, '[');
	direct(out, verb, "/", by, than);
	for (size_t i = 0; i < by->n_rules; i++)
		direct(out, verb, by->rules[i]->path, by, than);
	for (size_t i = 0; i < than->n_rules; i++)
		if (!policy_find_rule(by, than->rules[i]->path))
			direct(out, verb, than->rules[i]->path, by, than);
	if (out->json)
		json_close(out->json, ']');
}

/* The operations that grants of p but this one exempt its cgroup from. */
static uint64_t granted(const struct difference *d, const struct policy *p, const struct grant *but)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		const struct grant *g = grants_find(p, but->path, i, d->now);

		if (g && g->id != but->id)
			mask |= 1ULL << i;
	}
	return mask;
}

static struct difference_effect effect_of(const struct difference *d, const struct grant *g,
					  bool given)
{
	struct closed c = closed_by(d, d->new, g->path);
	struct difference_effect e = { .latched =
					       g->operations & (d->latched | d->new->host.latch) };

	e.denied = g->operations & (c.host | c.containers) & ~e.latched &
		   ~granted(d, given ? d->old : d->new, g);
	e.anyway = g->operations & ~e.denied & ~e.latched;
	return e;
}

static void compare_grant(struct difference_output *out, const struct grant *g, bool given)
{
	struct difference_effect e = effect_of(out->d, g, given);

	if (e.denied)
		*(given ? &out->opens : &out->closes) = true;
	difference_output_grant(out, g, given, &e);
}

static void compare_grants(struct difference_output *out)
{
	const struct policy *old = out->d->old, *new = out->d->new;

	for (size_t i = 0; i < old->n_grants; i++)
		if (old->grants[i].expires > out->d->now && !grants_by_id(new, old->grants[i].id))
			compare_grant(out, &old->grants[i], false);
	for (size_t i = 0; i < new->n_grants; i++) {
		const struct grant *g = &new->grants[i];
		const struct grant *before = grants_by_id(old, g->id);

		if (g->expires > out->d->now && (!before || before->expires != g->expires))
			compare_grant(out, g, true);
	}
}

bool difference_print(const struct difference *d)
{
	struct difference_output out = { .d = d };

	compare_settings(&out);
	compare_grants(&out);
	direct_all(&out, "opens", d->old, d->new);
	direct_all(&out, "closes", d->new, d->old);
	difference_output_end(&out);
	return out.n + out.grants;
}

bool difference_print_json(const struct difference *d, struct json *j)
{
	struct difference_output out = { .d = d, .json = j };

	json_open(j, "changes", '[');
	compare_settings(&out);
	json_close(j, ']');
	json_open(j, "grants", '[');
	compare_grants(&out);
	json_close(j, ']');
	direct_all(&out, "opens", d->old, d->new);
	direct_all(&out, "closes", d->new, d->old);
	return out.n + out.grants;
}
