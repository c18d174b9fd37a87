// SPDX-License-Identifier: GPL-2.0-only
#include "difference.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "grants.h"
#include "like.h"
#include "operations.h"
#include "ruleset.h"
#include "text.h"
#include "util.h"

#define INDENT	    "  "
#define NAMES_SHOWN 6
#define LINES_SHOWN 20 /* of each kind; there can be ten thousand rule sets */

/* The collected output: text on stdout, or JSON. */
struct output {
	const struct difference *d;
	struct json *json; /* NULL: text */
	size_t n, grants, directions; /* n: settings */
};

/* The operations that are named on this kernel; the others cannot be told by name. */
static uint64_t named(const struct difference *d)
{
	return operations_named(d->ops);
}

/* "kexec, msr": at most NAMES_SHOWN of them, and how many more. */
static void print_names(const struct difference *d, uint64_t mask)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if ((mask & (1ULL << i)) && n++ < NAMES_SHOWN)
			printf("%s%s", n > 1 ? ", " : "", operations_name(d->ops, i));
	if (n > NAMES_SHOWN)
		printf(" and %u more", n - NAMES_SHOWN);
}

/* That only LINES_SHOWN of n lines were printed. */
static void print_rest(const struct output *out, size_t n, const char *what)
{
	if (!out->json && n > LINES_SHOWN)
		printf(INDENT "and %zu more %s, see --json\n", n - LINES_SHOWN, what);
}

static const char *shown(const char *value)
{
	if (!value)
		return "(no rule set)";
	return value[0] ? value : "(empty)";
}

/* Adds a changed key. path: of the cgroup whose rule set has it; NULL: the host's. */
static void print_key(struct output *out, const char *path, const char *host_section,
		      const char *key, const char *old, const char *new)
{
	out->n++;
	if (out->json) {
		char section[PATH_MAX + 16];

		snprintf(section, sizeof(section), "cgroup \"%s\"", path ? path : "");
		json_open(out->json, NULL, '{');
		json_string(out->json, "section", path ? section : host_section);
		json_string(out->json, "key", key);
		if (old)
			json_string(out->json, "old", old);
		if (new)
			json_string(out->json, "new", new);
		json_close(out->json, '}');
		return;
	}
	if (out->n > LINES_SHOWN)
		return;
	fputs(INDENT, stdout);
	if (path) {
		fputs("cgroup ", stdout);
		text_puts(stdout, path);
		fputs(": ", stdout);
	}
	printf("%s: %s -> %s\n", key, shown(old), shown(new));
}

static void print_setting(struct output *out, const char *path, enum bpflock_setting s,
			  const char *old, const char *new)
{
	print_key(out, path, ruleset_setting_section(s),
		  out->json && !path ? ruleset_setting_key(s) : settings[s].name, old, new);
}

/* A rule set that is NULL is not there on that side; then text leaves out what is built in. */
static void compare(struct output *out, const char *path, const struct bpflock_policy *old,
		    const struct bpflock_policy *new)
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
static char *asked(const struct output *out, const struct rule *r, enum bpflock_setting s)
{
	struct bpflock_policy alone = {};

	if (!r)
		return NULL;
	if (!settings[s].list && !like_names(r, s))
		return out->json ? NULL : strdup("(the host's)");
	alone.rules = like_keys(r);
	return ruleset_setting_text(out->d->ops, &alone, s);
}

/* Compares what was asked for of rule sets that are like the host's: the directions show what follows. */
static void compare_like(struct output *out, const struct rule *old, const struct rule *new)
{
	const char *path = (old ?: new)->path;
	bool was = old && old->like_host, is = new && new->like_host;

	if (was != is)
		print_key(out, path, NULL, LIKE_KEY, was ? LIKE_HOST : old ? "" : NULL,
			  is ? LIKE_HOST : new ? "" : NULL);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *before = asked(out, old, s), *after = asked(out, new, s);
		const char *only = old && new ? "" : (old && before) ? before : after;

		if (settings[s].host || strcmp(before ?: "", after ?: "") == 0)
			continue;
		if (!(old && new) && (!only || !only[0] || only[0] == '('))
			continue;
		print_setting(out, path, s, before, after);
	}
}

static void compare_rule(struct output *out, const struct rule *old, const struct rule *new)
{
	struct bpflock_policy before = {}, after = {};

	if (old && new && like_same(old, new))
		return;
	if ((old && old->like_host) || (new && new->like_host)) {
		compare_like(out, old, new);
		return;
	}
	if (old)
		before.rules = old->rules;
	if (new)
		after.rules = new->rules;
	compare(out, (old ?: new)->path, old ? &before : NULL, new ? &after : NULL);
}

static void compare_settings(struct output *out)
{
	struct policy *old = out->d->old, *new = out->d->new;

	compare(out, NULL, &old->host, &new->host);
	policy_sort(old);
	policy_sort(new);
	for (size_t i = 0; i < old->n_rules; i++)
		compare_rule(out, old->rules[i], policy_find_rule(new, old->rules[i]->path));
	for (size_t i = 0; i < new->n_rules; i++)
		if (!policy_find_rule(old, new->rules[i]->path))
			compare_rule(out, NULL, new->rules[i]);
	print_rest(out, out->n, "settings");
}

/* Masks of what a rule set closes to tasks in the host's namespaces, and to those outside. */
struct closed {
	uint64_t host, containers;
};

static const struct bpflock_ruleset *rules_for(const struct policy *p, const char *path)
{
	const struct rule *rule = policy_rule_for(p, path);

	return rule ? &rule->rules : &p->host.rules;
}

static struct closed closed_by(const struct difference *d, const struct policy *p, const char *path)
{
	const struct bpflock_ruleset *r = rules_for(p, path);
	uint64_t always = (d->latched | p->host.latch) & named(d);
	struct closed c = { always, always };

	if (r->mode == BPFLOCK_MODE_AUDIT)
		return c;
	c.host |= r->deny & named(d);
	c.containers |= (r->deny | r->host_only) & named(d);
	return c;
}

static void print_direction(struct output *out, const char *verb, uint64_t mask, const char *path,
			    bool host, bool containers)
{
	const char *whom = host && containers ? "everybody" : host ? "the host" : "containers";

	if (!mask)
		return;
	out->directions++;
	if (out->json) {
		json_open(out->json, NULL, '{');
		json_string(out->json, "to", whom);
		if (path[1])
			json_string(out->json, "cgroup", path);
		operations_json(out->json, "operations", out->d->ops, mask);
		json_close(out->json, '}');
		return;
	}
	if (out->directions > LINES_SHOWN)
		return;
	printf(INDENT "%s %d operation%s to %s", verb, __builtin_popcountll(mask),
	       mask & (mask - 1) ? "s" : "", whom);
	if (path[1]) {
		fputs(" in cgroup ", stdout);
		text_puts(stdout, path);
	} else if (out->d->new->n_rules) {
		fputs(" that no cgroup rule set holds for", stdout);
	}
	fputs(": ", stdout);
	print_names(out->d, mask);
	putchar('\n');
}

/*
 * Returns the operations closed by `by` and not by `than`, for the tasks of a cgroup; "/": for the
 * others.
 */
static void direct(struct output *out, const char *verb, const char *path, const struct policy *by,
		   const struct policy *than)
{
	struct closed a = closed_by(out->d, by, path), b = closed_by(out->d, than, path);
	uint64_t host = a.host & ~b.host, containers = a.containers & ~b.containers;

	print_direction(out, verb, host & containers, path, true, true);
	print_direction(out, verb, host & ~containers, path, true, false);
	print_direction(out, verb, containers & ~host, path, false, true);
}

/* Between the paths of rules nothing differs, so they alone are compared. */
static void direct_all(struct output *out, const char *verb, const struct policy *by,
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

static void print_end(uint64_t expires, uint64_t now)
{
	char when[CLOCK_UTC_LEN], left[QUANTITY_LEN];

	clock_utc(clock_realtime_of(expires), when);
	quantity_print_duration((expires - now) / NS_PER_S * NS_PER_S, left);
	printf(" until %s (%s)", when, left);
}

static void print_part(const char *what, const struct difference *d, uint64_t mask, bool *any)
{
	if (!mask)
		return;
	printf("%s%s ", *any ? "; " : ": ", what);
	print_names(d, mask);
	*any = true;
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

static void print_grant(struct output *out, const struct grant *g, bool given)
{
	const struct difference *d = out->d;
	struct closed c = closed_by(d, d->new, g->path);
	uint64_t latched = g->operations & (d->latched | d->new->host.latch);
	uint64_t denied = g->operations & (c.host | c.containers) & ~latched &
			  ~granted(d, given ? d->old : d->new, g);
	uint64_t anyway = g->operations & ~denied & ~latched;
	bool any = false;

	out->grants++;
	if (out->json) {
		json_open(out->json, NULL, '{');
		json_u64(out->json, "id", g->id);
		json_string(out->json, "path", g->path);
		json_string(out->json, "result", given ? "given" : "ended");
		if (given)
			json_u64(out->json, "seconds_left", (g->expires - d->now) / NS_PER_S);
		operations_json(out->json, given ? "opens" : "closes", d->ops, denied);
		operations_json(out->json, "allowed_anyway", d->ops, anyway);
		operations_json(out->json, "latched", d->ops, latched);
		json_close(out->json, '}');
		return;
	}
	printf(INDENT "grant %u to ", g->id);
	if (g->path[1])
		fputs("cgroup ", stdout);
	text_puts(stdout, g->path[1] ? g->path : "the host");
	if (given)
		print_end(g->expires, d->now);
	else
		fputs(" ends", stdout);
	print_part(given ? "opens" : "closes", d, denied, &any);
	print_part("allowed anyway:", d, anyway, &any);
	print_part("latched, so denied:", d, latched, &any);
	putchar('\n');
}

static void compare_grants(struct output *out)
{
	const struct policy *old = out->d->old, *new = out->d->new;

	for (size_t i = 0; i < old->n_grants; i++)
		if (old->grants[i].expires > out->d->now &&
		    !grants_by_id(new, old->grants[i].id))
			print_grant(out, &old->grants[i], false);
	for (size_t i = 0; i < new->n_grants; i++) {
		const struct grant *g = &new->grants[i];
		const struct grant *before = grants_by_id(old, g->id);

		if (g->expires > out->d->now && (!before || before->expires != g->expires))
			print_grant(out, g, true);
	}
}

bool difference_print(const struct difference *d)
{
	struct output out = { .d = d };

	compare_settings(&out);
	compare_grants(&out);
	direct_all(&out, "opens", d->old, d->new);
	direct_all(&out, "closes", d->new, d->old);
	print_rest(&out, out.directions, "lines");
	if (out.n && !out.grants && !out.directions)
		puts(INDENT "opens nothing, closes nothing");
	return out.n + out.grants;
}

bool difference_print_json(const struct difference *d, struct json *j)
{
	struct output out = { .d = d, .json = j };

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
