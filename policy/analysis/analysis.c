// SPDX-License-Identifier: GPL-2.0-only
#include "analysis.h"

#include <errno.h>
#include <string.h>

#include "bypass.h"
#include "explain.h"
#include "operations.h"
#include "ruleset.h"
#include "util.h"

static uint64_t find_open(const struct analysis *a, struct analysis_subject *s, bool in_host)
{
	uint64_t open = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		struct explanation e;

		if (!(a->named & ~a->kernel_denies & (1ULL << i)))
			continue;
		e = explain(a->policy, s->path, in_host, i, a->now);
		if (a->enforced && e.verdict == BPFLOCK_VERDICT_DENY)
			continue;
		s->audited = s->audited || e.verdict == BPFLOCK_VERDICT_AUDIT;
		open |= 1ULL << i;
	}
	return open;
}

static void add_subject(struct analysis *a, const char *path)
{
	struct analysis_subject *s = &a->subjects[a->n++];

	s->path = path;
	for (int p = 0; p < _ANALYSIS_PLACES; p++) {
		uint64_t reach;

		s->open[p] = find_open(a, s, p == ANALYSIS_HOST);
		reach = s->open[p];
		if (p == ANALYSIS_ELSEWHERE && a->way_out)
			reach |= analysis_escapes(a, s);
		s->exposure[p] = bypass_exposure(a->ops, reach & a->applicable);
	}
}

static bool has_subject(const struct analysis *a, const char *path)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->subjects[i].path, path) == 0)
			return true;
	return false;
}

int analysis_run(struct analysis *a)
{
	const struct policy *p = a->policy;

	a->named = operations_named(a->ops);
	a->applicable = bypass_applicable(a->ops, a->machine);
	a->subjects = calloc(1 + p->n_rules + p->n_grants, sizeof(*a->subjects));
	if (!a->subjects)
		return -ENOMEM;
	add_subject(a, "/");
	for (size_t i = 0; i < p->n_rules; i++)
		add_subject(a, p->rules[i]->path);
	/* a grant may be for a cgroup without a rule set of its own */
	for (size_t i = 0; i < p->n_grants; i++)
		if (p->grants[i].expires > a->now && !has_subject(a, p->grants[i].path))
			add_subject(a, p->grants[i].path);
	return 0;
}

void analysis_done(struct analysis *a)
{
	free(a->subjects);
	a->subjects = NULL;
	a->n = 0;
}

uint64_t analysis_escapes(const struct analysis *a, const struct analysis_subject *s)
{
	return a->subjects[0].open[ANALYSIS_HOST] & ~s->open[ANALYSIS_ELSEWHERE] & a->applicable;
}

unsigned int analysis_exposure(const struct analysis_subject *s)
{
	return s->exposure[ANALYSIS_HOST] > s->exposure[ANALYSIS_ELSEWHERE]
		       ? s->exposure[ANALYSIS_HOST]
		       : s->exposure[ANALYSIS_ELSEWHERE];
}

const struct analysis_subject *analysis_worst(const struct analysis *a)
{
	const struct analysis_subject *worst = a->subjects;

	for (size_t i = 1; i < a->n; i++)
		if (analysis_exposure(&a->subjects[i]) > analysis_exposure(worst))
			worst = &a->subjects[i];
	return worst;
}

const char *analysis_decision(const struct analysis *a, uint32_t reason)
{
	const char *by_rules = ruleset_decision(&a->policy->host, reason);
	const struct analysis_subject *host = a->subjects;
	uint64_t bit = 1ULL << reason;

	if (!(host->open[ANALYSIS_HOST] & bit))
		return "deny";
	if (!(host->open[ANALYSIS_ELSEWHERE] & bit))
		return "host-only";
	return a->enforced && strcmp(by_rules, "audit") == 0 ? "audit" : "allow";
}

uint64_t analysis_ways(const struct analysis *a, const struct analysis_subject *s,
		       enum analysis_place place, uint32_t reason)
{
	uint64_t bit = 1ULL << reason;

	if ((s->open[place] & bit) || !(a->applicable & bit))
		return 0;
	return bypass_through(a->ops, s->open[place] & a->applicable, reason);
}
