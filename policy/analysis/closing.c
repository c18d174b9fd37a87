// SPDX-License-Identifier: GPL-2.0-only
#include "closing.h"

#include <stdio.h>
#include <string.h>

#include "operations.h"
#include "ruleset.h"
#include "util.h"

#define SOURCE "analyze"

/* Settings of the host are tried one after the other, on its policy alone. */
struct search {
	const struct analysis *a;
	struct closing *best;
	unsigned int worst, sum; /* of the best one */
	int open;		 /* operations that it leaves open, in both places */
	bool found;
};

static unsigned int sum(const struct analysis_subject *s)
{
	return s->exposure[ANALYSIS_HOST] + s->exposure[ANALYSIS_ELSEWHERE];
}

static int count_open(const struct analysis_subject *s)
{
	return __builtin_popcountll(s->open[ANALYSIS_HOST]) +
	       __builtin_popcountll(s->open[ANALYSIS_ELSEWHERE]);
}

/* The host's policy without the rule sets of cgroups, which follow their own settings. */
static bool copy_host(const struct policy *from, struct policy *to)
{
	policy_init(to);
	to->host = from->host;
	for (size_t i = 0; i < from->n_grants; i++)
		if (!from->grants[i].path[1] && !policy_put_grant(to, &from->grants[i]))
			return false;
	return true;
}

static void keep(struct search *s, const struct analysis_subject *host, const char *name,
		 const char *sign, const char *value)
{
	unsigned int worst = analysis_exposure(host), all = sum(host);

	if (worst != s->worst ? worst > s->worst
	    : all != s->sum   ? all > s->sum
			      : !s->found || count_open(host) <= s->open)
		return;
	s->worst = worst;
	s->sum = all;
	s->open = count_open(host);
	s->found = true;
	snprintf(s->best->setting, sizeof(s->best->setting), "%s%s%s", name, sign, value);
	memcpy(s->best->exposure, host->exposure, sizeof(host->exposure));
}

/* Tries a setting, by the sign "=", "+=" or "-="; one that would be an error does not count. */
static void try(struct search *s, enum bpflock_setting setting, const char *sign, const char *value)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p = {};
	CLEANUP(analysis_done) struct analysis with = *s->a;
	const struct place at = { SOURCE, 0, 1 };
	const struct bpflock_operation *ops = s->a->ops;

	with.subjects = NULL;
	with.n = 0;
	with.policy = &p;
	if (!copy_host(s->a->policy, &p))
		return;
	if (sign[0] == '-')
		ruleset_take(&p.host, ops, setting, value, &at, &d);
	else
		ruleset_assign(&p.host, ops, setting, value, &at, sign[0] == '=', &d);
	if (!d.errors && policy_compile(&p, ops, &d) && analysis_run(&with) == 0)
		keep(s, with.subjects, settings[setting].name, sign, value);
}

static void try_words(struct search *s, enum bpflock_setting setting)
{
	const char *word, *meaning;

	for (size_t i = 0; (word = ruleset_setting_word(setting, i, &meaning)); i++)
		try(s, setting, "=", word);
}

static void try_operations(struct search *s)
{
	const struct analysis_subject *host = s->a->subjects;
	uint64_t open =
		(host->open[ANALYSIS_HOST] | host->open[ANALYSIS_ELSEWHERE]) & s->a->applicable;
	uint64_t exempt = ruleset_mask(&s->a->policy->host, BPFLOCK_SETTING_ALLOW);

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		if (!(open & (1ULL << i)))
			continue;
		if (exempt & (1ULL << i))
			try(s, BPFLOCK_SETTING_ALLOW, "-=", s->a->ops[i].name);
		else
			try(s, BPFLOCK_SETTING_BLOCK, "+=", s->a->ops[i].name);
	}
}

bool closing_find(const struct analysis *a, bool operation, struct closing *ret)
{
	struct search s = { .a = a,
			    .best = ret,
			    .worst = analysis_exposure(a->subjects),
			    .sum = sum(a->subjects) };

	if (!a->enforced)
		return false;
	try_operations(&s);
	if (!operation) {
		try(&s, BPFLOCK_SETTING_ALLOW, "=", "");
		try_words(&s, BPFLOCK_SETTING_LEVEL);
		try_words(&s, BPFLOCK_SETTING_PROFILE);
		try_words(&s, BPFLOCK_SETTING_MODE);
	}
	return s.found;
}
