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

bool explain_is_own(const struct explanation *e, enum bpflock_setting setting, uint32_t reason)
{
	const struct rule *r = e->rule;

	if (!r || !r->like_host)
		return r;
	if (settings[setting].list)
		return (setting == BPFLOCK_SETTING_BLOCK ? r->own_block : r->own_allow) &
		       bpflock_bit(reason);
	return like_names(r, setting);
}
