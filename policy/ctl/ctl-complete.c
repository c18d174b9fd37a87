// SPDX-License-Identifier: GPL-2.0-only
#include "ctl-complete.h"

#include <inttypes.h>
#include <string.h>

#include "capabilities.h"
#include "clock.h"
#include "complete-words.h"
#include "metrics.h"
#include "pins-policy.h"
#include "seal.h"

void ctl_complete_assignments(struct completion *c)
{
	complete_words_assignments(c, true);
}

static bool has_target(const struct completion *c)
{
	return c->given[CTL_CGROUP] || c->given[CTL_UNIT] || c->given[CTL_PID] ||
	       c->given[CTL_SELF];
}

void ctl_complete_cgroup_assignments(struct completion *c)
{
	if (c->n == 0 && !has_target(c))
		complete_words_cgroups(c);
	if (c->word[0] != '/')
		complete_words_assignments(c, false);
}

/* The policy in force, for whoever may read it. */
static bool read_policy(const struct completion *c, struct policy *ret)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	const char *bpffs = pins_bpffs(c->given[CTL_BPFFS]);

	return pins_bpffs_valid(bpffs) && pins_open(bpffs, PINS_PUBLISHED, &pins) == PINS_OK &&
	       pins_policy_read(pins, ret, NULL) == 0;
}

void ctl_complete_rules(struct completion *c)
{
	CLEANUP(policy_done) struct policy p = {};

	if (has_target(c))
		return;
	if (read_policy(c, &p))
		for (size_t i = 0; i < p.n_rules; i++)
			complete_add(c, p.rules[i]->path, p.rules[i]->source);
	else
		complete_words_cgroups(c);
}

void ctl_complete_grants(struct completion *c)
{
	CLEANUP(policy_done) struct policy p = {};

	if (!read_policy(c, &p))
		return;
	for (size_t i = 0; i < p.n_grants; i++) {
		const struct grant *g = &p.grants[i];
		char id[16], text[PATH_MAX];

		snprintf(id, sizeof(id), "%u", g->id);
		snprintf(text, sizeof(text), "%s%s%s", g->path, g->note[0] ? ": " : "", g->note);
		if (g->expires > clock_boottime())
			complete_add(c, id, text);
	}
}

void ctl_complete_generation(struct completion *c)
{
	CLEANUP(policy_done) struct policy p = {};
	char text[24];

	if (!read_policy(c, &p))
		return;
	snprintf(text, sizeof(text), "%" PRIu64, (uint64_t)p.host.generation);
	complete_add(c, text, "in force");
}

void ctl_complete_format(struct completion *c)
{
	for (size_t i = 0; i < _METRICS_FORMAT_MAX; i++)
		complete_add(c, metrics_formats[i], NULL);
}

void ctl_complete_replay(struct completion *c)
{
	if (c->n == 0)
		complete_words_policies(c);
	else
		complete_files(c);
}

/* A verb, or the second word of one. */
static void complete_verb(struct completion *c)
{
	const struct verb_table *t = c->arg;
	const char *first = c->n ? c->operands[0] : "";
	size_t len = strlen(first), skip = c->n ? len + 1 : 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct verb *v = &t->verbs[i];
		const char *space;
		char word[32];

		if (c->n && !verb_begins(v, first, len))
			continue;
		space = strchr(v->name + skip, ' ');
		if (!c->n && space) {
			size_t n = space - v->name;

			/* they follow one another in the table, and are told as one */
			if (i && verb_begins(&t->verbs[i - 1], v->name, n))
				continue;
			snprintf(word, sizeof(word), "%.*s", (int)n, v->name);
			complete_add(c, word, "...");
			continue;
		}
		complete_add(c, v->name + skip, v->help);
	}
}

static void complete_operand(struct completion *c)
{
	int n;
	const struct verb *v = verb_find(c->arg, c->operands, c->n, &n);

	if (!v) {
		if (c->n < 2)
			complete_verb(c);
		return;
	}
	c->operands += n;
	c->n -= n;
	if (v->complete && c->n < v->max)
		v->complete(c);
}

static bool offers(const struct completion *c, const struct option_info *row)
{
	int n;
	const struct verb *v = verb_find(c->arg, c->operands, c->n, &n);

	return !c->given[row->id] && (!v || (verb_options(v) & BIT(row->id)));
}

int ctl_complete(const struct verb_table *t, int argc, char **argv)
{
	const struct complete_program program = {
		.options = t->options,
		.n_options = t->n_options,
		.offers = offers,
		.operand = complete_operand,
		.arg = t,
		.privileges = CAPABILITIES_KERNEL,
	};

	return complete(&program, argc, argv);
}
