// SPDX-License-Identifier: GPL-2.0-only
#include "suggest.h"

#include "explain.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "decide.h"
#include "like.h"
#include "namespaces.h"
#include "operations.h"
#include "util.h"

static struct bpflock_ruleset *rules_of(struct suggest *s, size_t set)
{
	return set == SUGGEST_HOST ? &s->policy.host.rules : &s->policy.rules[set - 1]->rules;
}

int suggest_begin(struct suggest *s, const struct policy *in_force,
		  const struct bpflock_operation ops[BPFLOCK_REASONS], uint32_t host_netns)
{
	*s = (struct suggest){ .ops = ops, .host_netns = host_netns };
	if (policy_copy(in_force, &s->policy) < 0)
		return -ENOMEM;
	policy_sort(&s->policy);
	s->n_sets = 1 + s->policy.n_rules;
	s->sets = calloc(s->n_sets, sizeof(*s->sets));
	if (!s->sets) {
		policy_done(&s->policy);
		return -ENOMEM;
	}
	for (size_t i = 0; i < s->n_sets; i++) {
		s->sets[i].rule = i == SUGGEST_HOST ? NULL : s->policy.rules[i - 1];
		s->sets[i].profile = rules_of(s, i)->profile;
		s->sets[i].mode = rules_of(s, i)->mode;
	}
	return 0;
}

void suggest_done(struct suggest *s)
{
	for (size_t i = 0; i < s->n_uses; i++)
		free(s->uses[i].path);
	free(s->uses);
	free(s->sets);
	policy_done(&s->policy);
	*s = (struct suggest){};
}

/* The rule set that decides about this cgroup today. */
static size_t set_of_path(const struct suggest *s, const char *path)
{
	const struct rule *rule = policy_rule_for(&s->policy, path);

	for (size_t i = 1; rule && i < s->n_sets; i++)
		if (s->sets[i].rule == rule)
			return i;
	return SUGGEST_HOST;
}

/* Rule sets may have come and gone since, so the task's own cgroup tells best. */
static size_t set_of_event(const struct suggest *s, const struct event *e, const char *path,
			   const char *rule_path)
{
	if (path)
		return set_of_path(s, path);
	if (e->rule_cgroup == 0)
		return SUGGEST_HOST;
	return rule_path ? set_of_path(s, rule_path) : SUGGEST_UNKNOWN;
}

static bool alike(const struct suggest_use *a, const struct suggest_use *b)
{
	return a->reason == b->reason && a->verdict == b->verdict && a->in_host == b->in_host &&
	       a->uid == b->uid && a->cgroup_id == b->cgroup_id && a->set == b->set &&
	       strcmp(a->comm, b->comm) == 0 && strcmp(a->exe, b->exe) == 0 &&
	       strcmp(a->path ?: "", b->path ?: "") == 0;
}

/* Adds a use, whose path is copied. */
static int add_use(struct suggest *s, const struct suggest_use *use)
{
	struct suggest_use *uses;

	for (size_t i = 0; i < s->n_uses; i++) {
		if (alike(&s->uses[i], use)) {
			s->uses[i].count += use->count;
			if (use->first < s->uses[i].first)
				s->uses[i].first = use->first;
			return 0;
		}
	}
	uses = realloc(s->uses, (s->n_uses + 1) * sizeof(*uses));
	if (!uses)
		return -ENOMEM;
	s->uses = uses;
	uses[s->n_uses] = *use;
	uses[s->n_uses].path = use->path ? strdup(use->path) : NULL;
	if (use->path && !uses[s->n_uses].path)
		return -ENOMEM;
	s->n_uses++;
	return 0;
}

int suggest_take(struct suggest *s, const struct event *e, const char *path, const char *rule_path)
{
	struct suggest_use use = {};

	/* no policy allows what others refuse */
	if (e->kind != EVENT_LOCKED_DOWN || e->by)
		return 0;
	use.reason = bpflock_slot(e->reason);
	use.verdict = e->verdict;
	use.in_host = e->head.pidns == INITIAL_PID_NAMESPACE && e->head.netns == s->host_netns;
	use.uid = e->head.uid;
	use.cgroup_id = e->head.cgroup_id;
	use.path = (char *)path;
	use.set = set_of_event(s, e, path, rule_path);
	use.count = e->count;
	use.first = clock_realtime_of(e->head.time);
	memcpy(use.comm, e->head.comm, sizeof(use.comm));
	memcpy(use.exe, e->exe, sizeof(use.exe));
	return add_use(s, &use);
}

static bool was_in_host(const struct suggest *s, const struct recorded *r)
{
	if (recorded_has(r, RECORDED_IN_HOST))
		return r->in_host;
	return !(recorded_has(r, RECORDED_PIDNS) && r->pidns != INITIAL_PID_NAMESPACE) &&
	       !(recorded_has(r, RECORDED_NETNS) && r->netns != s->host_netns);
}

int suggest_take_recorded(struct suggest *s, const struct recorded *r)
{
	struct suggest_use use = { .uid = BPFLOCK_UNSET };
	uint64_t bit = operations_bit(s->ops, r->op);

	/* what something else refused is not ours to allow */
	if (r->kind != RECORDED_DECISION || !recorded_has(r, RECORDED_VERDICT) || r->by[0] || !bit)
		return 0;
	use.reason = __builtin_ctzll(bit);
	use.verdict = r->verdict;
	use.in_host = was_in_host(s, r);
	use.path = r->cgroup[0] == '/' ? (char *)r->cgroup : NULL;
	/* numbers of an earlier boot are those of other cgroups */
	if (recorded_has(r, RECORDED_CGROUPID) && r->time >= clock_realtime_of(0))
		use.cgroup_id = r->cgroupid;
	use.set = use.path ? set_of_path(s, use.path) : SUGGEST_HOST;
	use.count = recorded_has(r, RECORDED_COUNT) ? r->count : 1;
	use.first = r->time;
	snprintf(use.comm, sizeof(use.comm), "%.*s", (int)sizeof(use.comm) - 1, r->comm);
	snprintf(use.exe, sizeof(use.exe), "%.*s", (int)sizeof(use.exe) - 1, r->exe);
	return add_use(s, &use);
}

uint64_t suggest_unrecorded(const struct suggest *s, uint32_t reason, uint32_t verdict)
{
	uint64_t uses = s->counters[reason].verdicts[verdict], recorded = 0;

	for (size_t i = 0; i < s->n_uses; i++)
		if (s->uses[i].reason == reason && s->uses[i].verdict == verdict)
			recorded += s->uses[i].count;
	return uses > recorded ? uses - recorded : 0;
}

/* Operations with uses of this verdict that left no record. */
static uint64_t unrecorded(const struct suggest *s, uint32_t verdict)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (suggest_unrecorded(s, i, verdict))
			mask |= 1ULL << i;
	return mask;
}

/* The operations that the kernel counted at all. */
static uint64_t counted(const struct suggest *s)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		for (uint32_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
			if (s->counters[i].verdicts[v])
				mask |= 1ULL << i;
	return mask;
}

/* As the profile, that of module requests is a start if it logs and denies nothing. It may be from the host. */
static bool is_opening_modules(struct suggest *s, size_t set)
{
	const struct rule *rule = s->sets[set].rule;

	return (!rule || !like_names(rule, BPFLOCK_SETTING_KMODLOCK)) &&
	       rules_of(s, set)->kmodlock == BPFLOCK_KMODLOCK_PRIVILEGED;
}

/* Returns whether it is the host's own module request, which the profile that is suggested allows. */
static bool stays_allowed(struct suggest *s, const struct suggest_use *u)
{
	return u->reason == BPFLOCK_MODULE_REQUEST && u->in_host && u->set != SUGGEST_UNKNOWN &&
	       u->verdict == BPFLOCK_VERDICT_ALLOW && is_opening_modules(s, u->set);
}

/* Sorts the uses by rule set. */
static void sort_uses(struct suggest *s)
{
	uint64_t recorded = 0;

	for (size_t i = 0; i < s->n_uses; i++) {
		const struct suggest_use *u = &s->uses[i];

		recorded |= 1ULL << u->reason;
		if (u->set != SUGGEST_UNKNOWN && !stays_allowed(s, u))
			s->sets[u->set].used[u->verdict] |= 1ULL << u->reason;
	}
	s->unlisted = operations_unnamed(s->ops) & (counted(s) | recorded);
}

/* Audited uses under a rule set of a cgroup that is gone, so that nobody knows which. */
static uint64_t audited_in_unknown(const struct suggest *s)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < s->n_uses; i++)
		if (s->uses[i].set == SUGGEST_UNKNOWN &&
		    s->uses[i].verdict == BPFLOCK_VERDICT_AUDIT)
			mask |= 1ULL << s->uses[i].reason;
	return mask;
}

/* Logs and denies nothing but what it names: a start, and here the end of that. */
static bool is_opening(const struct suggest_set *set)
{
	/* of a rule set that has its profile from the host, too */
	return (!set->rule || !like_names(set->rule, BPFLOCK_SETTING_PROFILE)) &&
	       set->profile == BPFLOCK_PROFILE_PRIVILEGED;
}

/* Returns the operations that the rule set denies now, to anybody. */
static uint64_t closed(struct suggest *s, size_t set)
{
	const struct bpflock_ruleset *r = rules_of(s, set);

	return r->deny | r->host_only;
}

/* Operations whose uses this rule set has to allow, if they were its own. */
static uint64_t could_want(struct suggest *s, size_t set, uint32_t verdict)
{
	const struct suggest_set *this = &s->sets[set];
	uint64_t modules = is_opening_modules(s, set) ? BPFLOCK_MODULE_REQUEST_BIT : 0;

	if (verdict == BPFLOCK_VERDICT_DENY)
		return 0;
	if (is_opening(this))
		return modules | ~BPFLOCK_MODULE_REQUEST_BIT;
	return modules | (verdict == BPFLOCK_VERDICT_AUDIT && this->mode == BPFLOCK_MODE_AUDIT ? closed(s, set)
										    : 0);
}

bool suggest_is_wanted(struct suggest *s, const struct suggest_use *u)
{
	const struct bpflock_ruleset *r = rules_of(s, u->set);
	uint64_t mask = could_want(s, u->set, u->verdict) & (1ULL << u->reason);

	return !stays_allowed(s, u) && mask & ~(r->block | r->allow | operations_unnamed(s->ops));
}

static void want(struct suggest *s, size_t set, uint64_t mask, bool guess)
{
	struct suggest_set *this = &s->sets[set];
	const struct bpflock_ruleset *r = rules_of(s, set);

	this->blocked |= mask & r->block;
	mask &= ~(r->block | r->allow | this->added | operations_unnamed(s->ops));
	this->added |= mask;
	if (guess)
		this->guessed |= mask;
}

static void want_recorded(struct suggest *s, size_t set)
{
	const struct suggest_set *this = &s->sets[set];

	for (uint32_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		want(s, set, this->used[v] & could_want(s, set, v), false);
}

/*
 * Uses that nobody knows whose they were: the host's, if they can have been, since most are; else,
 * where no cgroup is known to have them, of every cgroup that can.
 */
static void want_unrecorded(struct suggest *s, uint32_t verdict)
{
	uint64_t rest = unrecorded(s, verdict), hosts = rest & could_want(s, SUGGEST_HOST, verdict);
	uint64_t known = 0;

	if (s->by_unit) {
		s->unfiled |= hosts;
		return;
	}
	want(s, SUGGEST_HOST, hosts, true);
	for (size_t i = 1; i < s->n_sets; i++)
		known |= s->sets[i].used[verdict];
	rest &= ~(hosts | known);
	if (verdict == BPFLOCK_VERDICT_AUDIT)
		rest |= audited_in_unknown(s);
	for (size_t i = 1; i < s->n_sets; i++)
		want(s, i, rest & could_want(s, i, verdict), true);
}

/* Returns the operations that were denied, now or under an earlier policy, and would be again. */
static void note_denied(struct suggest *s, size_t set)
{
	struct suggest_set *this = &s->sets[set];
	uint64_t mask = this->used[BPFLOCK_VERDICT_DENY] | this->used[BPFLOCK_VERDICT_AUDIT];

	/* what has no name can stand in no list */
	mask &= closed(s, set) & ~operations_unnamed(s->ops);
	this->blocked |= mask & rules_of(s, set)->block;
	this->denied = mask & ~rules_of(s, set)->block;
}

bool suggest_finish(struct suggest *s, const struct bpflock_counters all[BPFLOCK_COUNTERS_MAX],
		    struct diagnostics *d)
{
	memcpy(s->counters, all, sizeof(s->counters));
	sort_uses(s);
	for (size_t i = 0; i < s->n_sets; i++)
		want_recorded(s, i);
	for (uint32_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		want_unrecorded(s, v);
	for (size_t i = 0; i < s->n_sets; i++) {
		struct rule *rule = i == SUGGEST_HOST ? NULL : s->policy.rules[i - 1];
		struct bpflock_ruleset keys = rule ? like_keys(rule) : s->policy.host.rules;

		keys.allow |= s->sets[i].added;
		keys.mode = BPFLOCK_MODE_ENFORCE;
		if (is_opening(&s->sets[i]))
			keys.profile = BPFLOCK_PROFILE_RESTRICTED;
		if (!rule && is_opening_modules(s, i))
			keys.kmodlock = BPFLOCK_KMODLOCK_BASELINE;
		if (rule)
			like_set_keys(rule, &keys);
		else
			s->policy.host.rules = keys;
	}
	if (!policy_compile(&s->policy, s->ops, d))
		return false;
	s->unfiled &= ~(s->policy.host.rules.allow | s->policy.host.rules.block);
	for (size_t i = 0; i < s->n_sets; i++)
		note_denied(s, i);
	return true;
}
