// SPDX-License-Identifier: GPL-2.0-only
#include "explain-chain.h"

#include <inttypes.h>

#include "ctl-json.h"
#include "decide.h"
#include "ruleset.h"
#include "text.h"
#include "util.h"

#define DETAIL_LEN 256

/* The setting that a step looks at, _BPFLOCK_SETTING_MAX if it is none. */
static enum bpflock_setting setting_of(const struct explain_chain *c, enum chain_link link)
{
	static const struct {
		enum chain_link link;
		enum bpflock_why why;
	} rows[] = {
		{ CHAIN_BLOCK, BPFLOCK_WHY_BLOCK },
		{ CHAIN_ALLOW, BPFLOCK_WHY_ALLOW },
		{ CHAIN_LEVEL, BPFLOCK_WHY_LEVEL },
		{ CHAIN_PROFILE, BPFLOCK_WHY_PROFILE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].link == link)
			return explain_setting(rows[i].why, c->reason);
	return _BPFLOCK_SETTING_MAX;
}

/* The place where it was set; NULL if that is none, or nobody asked it. */
static const char *source_of(const struct explain_chain *c, enum chain_link link,
			     const struct chain_step *step)
{
	enum bpflock_setting s = setting_of(c, link);

	if (step->says == CHAIN_UNREACHED)
		return NULL;
	if (link == CHAIN_LATCH)
		return c->latched ? c->latched->source : NULL;
	if (s == _BPFLOCK_SETTING_MAX)
		return NULL;
	return explain_source_of(c->policy, c->e, s, c->reason);
}

static void describe_setting(const struct explain_chain *c, enum bpflock_setting s,
			     const struct chain_step *step, char text[DETAIL_LEN])
{
	struct bpflock_policy alone = { .rules = *c->e->rules };
	const char *value = ruleset_value(&alone, s);
	bool passes = step->says == CHAIN_PASSES;

	if (!value)
		snprintf(text, DETAIL_LEN, "it is %sin the list %s", passes ? "not " : "",
			 settings[s].name);
	else if (s == BPFLOCK_SETTING_LEVEL)
		snprintf(text, DETAIL_LEN, "%s, which %s", value,
			 !passes ? "leaves it out"
			 : bpflock_profile_of(&alone.rules, c->reason) ==
						 BPFLOCK_PROFILE_PRIVILEGED ||
					 c->reason == BPFLOCK_MODULE_REQUEST
				 ? "does not matter to the profile"
				 : "includes it");
	else
		snprintf(text, DETAIL_LEN, "%s", value);
}

static void describe(const struct explain_chain *c, enum chain_link link,
		     const struct chain_step *step, char text[DETAIL_LEN])
{
	const struct grant *g = c->e->grant;

	if (step->says == CHAIN_UNREACHED)
		snprintf(text, DETAIL_LEN, "not reached");
	else if (link == CHAIN_LOCKDOWN)
		snprintf(text, DETAIL_LEN, "Kernel Lockdown is %s",
			 securityfs_lockdown_name(c->lockdown));
	else if (link == CHAIN_LATCH)
		snprintf(text, DETAIL_LEN, "%slatched", c->latched ? "" : "not ");
	else if (link != CHAIN_GRANT)
		describe_setting(c, setting_of(c, link), step, text);
	else if (g)
		snprintf(text, DETAIL_LEN, "grant %u, by uid %u, ends in %" PRIu64 " s", g->id,
			 g->uid, (g->expires - c->now) / 1000000000);
	else
		snprintf(text, DETAIL_LEN, "no grant is for it");
}

void explain_chain_print(const struct explain_chain *c)
{
	struct chain_step steps[_CHAIN_MAX];

	chain_make(c->e, c->kernel_denies, c->enforcing, steps);
	puts("        chain:");
	for (int i = 0; i < _CHAIN_MAX; i++) {
		const char *source = source_of(c, i, &steps[i]);
		const char *says = chain_says_name(steps[i].says);
		char text[DETAIL_LEN];

		describe(c, i, &steps[i], text);
		printf("  %s %-9s %-6s %s", steps[i].decides ? "=>" : "  ", chain_link_name(i),
		       says ?: "-", text);
		if (source) {
			fputs(" (", stdout);
			text_puts(stdout, source);
			putchar(')');
		}
		puts(steps[i].decides ? ": decides" : "");
	}
}

void explain_chain_json(const struct explain_chain *c, struct json *j)
{
	struct chain_step steps[_CHAIN_MAX];

	chain_make(c->e, c->kernel_denies, c->enforcing, steps);
	json_open(j, "chain", '[');
	for (int i = 0; i < _CHAIN_MAX; i++) {
		const char *source = source_of(c, i, &steps[i]);
		const char *says = chain_says_name(steps[i].says);
		char text[DETAIL_LEN];

		describe(c, i, &steps[i], text);
		json_open(j, NULL, '{');
		json_string(j, "step", chain_link_name(i));
		if (says)
			json_string(j, "says", says);
		else
			json_null(j, "says");
		json_bool(j, "reached", steps[i].says != CHAIN_UNREACHED);
		json_bool(j, "decides", steps[i].decides);
		json_string(j, "detail", text);
		if (source)
			ctl_json_source(j, source);
		json_close(j, '}');
	}
	json_close(j, ']');
}
