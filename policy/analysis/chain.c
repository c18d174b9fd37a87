// SPDX-License-Identifier: GPL-2.0-only
#include "chain.h"

#include "ruleset.h"

static const char *const names[_CHAIN_MAX] = {
	[CHAIN_LOCKDOWN] = "lockdown", [CHAIN_LATCH] = "latch", [CHAIN_BLOCK] = "block",
	[CHAIN_ALLOW] = "allow",       [CHAIN_LEVEL] = "level", [CHAIN_PROFILE] = "profile",
	[CHAIN_GRANT] = "grant",
};

static const enum chain_link links[_BPFLOCK_WHY_MAX] = {
	[BPFLOCK_WHY_PROFILE] = CHAIN_PROFILE, [BPFLOCK_WHY_LEVEL] = CHAIN_LEVEL,
	[BPFLOCK_WHY_BLOCK] = CHAIN_BLOCK,     [BPFLOCK_WHY_ALLOW] = CHAIN_ALLOW,
	[BPFLOCK_WHY_GRANT] = CHAIN_GRANT,     [BPFLOCK_WHY_LATCH] = CHAIN_LATCH,
};

static enum chain_says says(uint32_t verdict)
{
	static const enum chain_says by_verdict[_BPFLOCK_VERDICT_MAX] = {
		[BPFLOCK_VERDICT_ALLOW] = CHAIN_ALLOWS,
		[BPFLOCK_VERDICT_AUDIT] = CHAIN_AUDITS,
		[BPFLOCK_VERDICT_DENY] = CHAIN_DENIES,
	};

	return by_verdict[verdict];
}

static void pass_up_to(struct chain_step steps[_CHAIN_MAX], enum chain_link link)
{
	for (int i = 0; i < (int)link; i++)
		if (steps[i].says == CHAIN_UNREACHED)
			steps[i].says = CHAIN_PASSES;
}

/* The steps of a rule set; a grant is looked for if it denies. */
static void take_rules(const struct explanation *e, struct chain_step steps[_CHAIN_MAX])
{
	enum chain_link link = links[e->rules_why];

	pass_up_to(steps, link);
	steps[link].says = says(e->rules_verdict);
	if (e->rules_verdict != BPFLOCK_VERDICT_ALLOW)
		steps[CHAIN_GRANT].says = e->grant ? CHAIN_ALLOWS : CHAIN_PASSES;
}

void chain_make(const struct explanation *e, bool lockdown, bool asked,
		struct chain_step ret[_CHAIN_MAX])
{
	enum chain_link link = lockdown ? CHAIN_LOCKDOWN : links[e->why];

	for (int i = 0; i < _CHAIN_MAX; i++)
		ret[i] = (struct chain_step){};
	ret[CHAIN_LOCKDOWN].says = CHAIN_PASSES;
	if (lockdown)
		ret[link].says = CHAIN_DENIES;
	else if (asked && e->why == BPFLOCK_WHY_LATCH)
		ret[link].says = says(e->verdict);
	else if (asked)
		take_rules(e, ret);
	ret[link].decides = lockdown || asked;
}

const char *chain_link_name(enum chain_link link)
{
	return names[link];
}

const char *chain_says_name(enum chain_says says)
{
	static const char *const words[] = {
		[CHAIN_UNREACHED] = NULL, [CHAIN_PASSES] = NULL,   [CHAIN_ALLOWS] = "allow",
		[CHAIN_AUDITS] = "audit", [CHAIN_DENIES] = "deny",
	};

	return words[says];
}
