// SPDX-License-Identifier: GPL-2.0-only
#include "overruled.h"

#include <inttypes.h>

#include "operations.h"
#include "ruleset.h"
#include "util.h"

struct search {
	const struct bpflock_operation *ops;
	enum kernel_lockdown level;
	struct diagnostics *d;
	size_t found;
};

#define NAMED_MAX 4 /* of more than so many operations the number tells more */

static void warn(struct search *s, const char *source, const char *exception, uint64_t mask)
{
	CLEANUP(free_charp) char *names = operations_text(s->ops, mask);
	int n = __builtin_popcountll(mask);
	char number[32];

	snprintf(number, sizeof(number), "%d operations", n);

	s->found++;
	diagnostic_warning(
		s->d, NULL,
		"%s: %s does not hold for %s: kernel Lockdown (%s) refuses before bpflock "
		"is called",
		source, exception, n > NAMED_MAX || !names ? number : names,
		securityfs_lockdown_name(s->level));
}

/* Returns the operations that a rule set lets pass, if only to the host's tasks. */
static uint64_t open_of(const struct bpflock_ruleset *r)
{
	return r->mode == BPFLOCK_MODE_AUDIT ? ~0ULL : ~r->deny;
}

/* The setting by which a rule set lets pass what its list does not name, and all of what it does.
 */
static enum bpflock_setting opener(const struct bpflock_ruleset *r)
{
	if (r->profile != BPFLOCK_PROFILE_RESTRICTED)
		return BPFLOCK_SETTING_PROFILE;
	return r->mode == BPFLOCK_MODE_AUDIT ? BPFLOCK_SETTING_MODE : BPFLOCK_SETTING_LEVEL;
}

/* Searches a rule set. sources: of each setting, or NULL if one is the source of all. */
static void search_rules(struct search *s, const struct bpflock_ruleset *r, uint64_t mask,
			 const struct bpflock_policy *host, const char *source, const char *prefix)
{
	struct bpflock_policy alone = { .rules = *r };
	enum bpflock_setting setting = opener(r);
	char exception[BPFLOCK_SOURCE_LEN + 64];

	if (mask & r->allow) {
		snprintf(exception, sizeof(exception), "%sallow", prefix);
		warn(s, host ? host->sources[BPFLOCK_SETTING_ALLOW] : source, exception,
		     mask & r->allow);
	}
	if (mask & ~r->allow) {
		snprintf(exception, sizeof(exception), "%s%s = %s", prefix, settings[setting].name,
			 ruleset_value(&alone, setting));
		warn(s, host ? host->sources[setting] : source, exception, mask & ~r->allow);
	}
}

static void search_grant(struct search *s, const struct grant *g, uint64_t mask)
{
	char text[32];

	snprintf(text, sizeof(text), "grant %" PRIu32, g->id);
	warn(s, g->path, text, mask);
}

size_t overruled_warn(const struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		      enum kernel_lockdown level, const char *cure, uint64_t now,
		      struct diagnostics *d)
{
	struct search s = { ops, level, d, 0 };
	uint64_t refused = securityfs_lockdown_denies(level, ops), open = open_of(&p->host.rules);

	search_rules(&s, &p->host.rules, refused & open, &p->host, NULL, "");
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = p->rules[i];
		char prefix[BPFLOCK_SOURCE_LEN];

		snprintf(prefix, sizeof(prefix), "[cgroup \"%.60s\"] ", r->path);
		search_rules(&s, &r->rules, refused & open_of(&r->rules) & ~open, NULL, r->source,
			     prefix);
	}
	for (size_t i = 0; i < p->n_grants; i++)
		if (p->grants[i].expires > now && (p->grants[i].operations & refused))
			search_grant(&s, &p->grants[i], p->grants[i].operations & refused);
	if (s.found)
		diagnostic_warning(d, NULL, "to make them hold, %s", cure);
	return s.found;
}
