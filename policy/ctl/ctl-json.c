// SPDX-License-Identifier: GPL-2.0-only
#include "ctl-json.h"

#include <stdio.h>

#include "clock.h"
#include "json.h"
#include "like.h"
#include "operations.h"
#include "ruleset-json.h"
#include "ruleset.h"

static bool json_begun, json_pretty;

struct json ctl_json(void)
{
	json_begun = true;
	return json_begin(stdout, json_pretty);
}

void ctl_json_pretty(bool pretty)
{
	json_pretty = pretty;
}

void ctl_json_defer(void)
{
	json_begun = true;
}

bool ctl_json_begun(void)
{
	return json_begun;
}

void ctl_json_ruleset(struct json *j, const struct bpflock_operation *ops,
		      const struct bpflock_ruleset *r)
{
	struct bpflock_policy alone = { .rules = *r };

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (!settings[s].host)
			ruleset_json(j, ops, &alone, s);
}

void ctl_json_rule(struct json *j, const struct bpflock_operation *ops, const struct rule *r)
{
	struct bpflock_policy alone = { .rules = like_keys(r) };

	ctl_json_ruleset(j, ops, &r->rules);
	if (!r->like_host)
		return;
	json_string(j, LIKE_KEY, LIKE_HOST);
	json_open(j, "own", '{');
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (!settings[s].host && like_names(r, s))
			ruleset_json(j, ops, &alone, s);
	json_close(j, '}');
}

void ctl_json_grants(struct json *j, const struct bpflock_operation *ops, const struct policy *p,
		     uint64_t now)
{
	json_open(j, "grants", '[');
	for (size_t i = 0; i < p->n_grants; i++) {
		const struct grant *g = &p->grants[i];

		if (g->expires <= now)
			continue;
		json_open(j, NULL, '{');
		json_u64(j, "id", g->id);
		json_string(j, "path", g->path);
		operations_json(j, "operations", ops, g->operations);
		json_u64(j, "seconds_left", (g->expires - now) / 1000000000);
		json_u64(j, "uid", g->uid);
		json_string(j, "comment", g->note);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void ctl_json_source(struct json *j, const char *source)
{
	char name[BPFLOCK_SOURCE_LEN];
	const char *date;

	json_string(j, "source", ruleset_split_source(source, name, &date));
	if (date)
		json_string(j, "set_at", date);
}

void ctl_json_rules(struct json *j, const struct bpflock_operation *ops, const struct policy *p)
{
	json_open(j, "cgroups", '[');
	for (size_t i = 0; i < p->n_rules; i++) {
		json_open(j, NULL, '{');
		json_string(j, "path", p->rules[i]->path);
		ctl_json_rule(j, ops, p->rules[i]);
		json_bool(j, "runtime", p->rules[i]->runtime);
		ctl_json_source(j, p->rules[i]->source);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void ctl_json_policy(struct json *j, const struct bpflock_operation *ops, const struct policy *p)
{
	const struct bpflock_policy *host = &p->host;
	char source[BPFLOCK_SOURCE_LEN];
	const char *date;

	json_u64(j, "generation", host->generation);
	ctl_json_ruleset(j, ops, &host->rules);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (settings[s].host)
			ruleset_json(j, ops, host, s);
	json_open(j, "sources", '{');
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		json_string(j, ruleset_json_key(s), ruleset_source(host, s, source));
	json_close(j, '}');
	json_open(j, "set_at", '{');
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		ruleset_split_source(host->sources[s], source, &date);
		if (date)
			json_string(j, ruleset_json_key(s), date);
	}
	json_close(j, '}');
	ctl_json_rules(j, ops, p);
	ctl_json_grants(j, ops, p, clock_boottime());
}
