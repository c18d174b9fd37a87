// SPDX-License-Identifier: GPL-2.0-only
#include "explain.h"

#include "decide.h"
#include "grants.h"
#include "like.h"
#include "ruleset.h"

struct explanation explain(const struct policy *p, const char *path, bool in_host, uint32_t reason,
			   uint64_t now)
{
	struct explanation e = { .rule = policy_rule_for(p, path) };

	e.rules = e.rule ? &e.rule->rules : &p->host.rules;
	e.depends_on_namespaces = bpflock_needs_namespaces(e.rules, reason);
	e.verdict = bpflock_decide(e.rules, reason, in_host);
	e.why = bpflock_why(e.rules, reason);
	e.rules_verdict = e.verdict;
	e.rules_why = e.why;
	if (e.verdict == BPFLOCK_VERDICT_ALLOW)
		return e;
	e.grant = grants_find(p, path, reason, now);
	if (e.grant) {
		e.verdict = BPFLOCK_VERDICT_ALLOW;
		e.why = BPFLOCK_WHY_GRANT;
	}
	return e;
}

struct explanation explain_latched(struct explanation e)
{
	e.verdict = BPFLOCK_VERDICT_DENY;
	e.why = BPFLOCK_WHY_LATCH;
	e.grant = NULL;
	e.depends_on_namespaces = false;
	return e;
}

enum bpflock_setting explain_setting(uint32_t why, uint32_t reason)
{
	static const enum bpflock_setting causes[_BPFLOCK_WHY_MAX] = {
		[BPFLOCK_WHY_PROFILE] = BPFLOCK_SETTING_PROFILE,
		[BPFLOCK_WHY_LEVEL] = BPFLOCK_SETTING_LEVEL,
		[BPFLOCK_WHY_BLOCK] = BPFLOCK_SETTING_BLOCK,
		[BPFLOCK_WHY_ALLOW] = BPFLOCK_SETTING_ALLOW,
		[BPFLOCK_WHY_GRANT] = _BPFLOCK_SETTING_MAX,
		[BPFLOCK_WHY_LATCH] = BPFLOCK_SETTING_LATCH,
	};

	if (why == BPFLOCK_WHY_PROFILE && reason == BPFLOCK_MODULE_REQUEST)
		return BPFLOCK_SETTING_KMODLOCK;
	return why < _BPFLOCK_WHY_MAX ? causes[why] : _BPFLOCK_SETTING_MAX;
}

/* Returns whether the cgroup's rule set names the setting itself; a list, for this reason. */
static bool names_itself(const struct rule *r, enum bpflock_setting s, uint32_t reason)
{

	if (!r || !r->like_host)
		return r;
	if (settings[s].list)
		return (s == BPFLOCK_SETTING_BLOCK ? r->own_block : r->own_allow) & bpflock_bit(reason);
	return like_names(r, s);
}

bool explain_is_own(const struct explanation *e, uint32_t reason)
{
	return names_itself(e->rule, explain_setting(e->why, reason), reason);
}

const char *explain_source_of(const struct policy *p, const struct explanation *e,
			      enum bpflock_setting s, uint32_t reason)
{
	return names_itself(e->rule, s, reason) ? e->rule->source : p->host.sources[s];
}

const char *explain_source(const struct policy *p, const struct explanation *e, uint32_t reason)
{
	return explain_source_of(p, e, explain_setting(e->why, reason), reason);
}
