// SPDX-License-Identifier: GPL-2.0-only
#include "replay.h"

#include <errno.h>
#include <string.h>

#include "bypass.h"
#include "decide.h"
#include "namespaces.h"
#include "operations.h"
#include "util.h"

/* Blanks cannot be in a list, so no policy can name these. */
static const char *const any_operation[_BPFLOCK_LEVEL_MAX] = {
	[BPFLOCK_LEVEL_INTEGRITY] = "any other of integrity",
	[BPFLOCK_LEVEL_CONFIDENTIALITY] = "any other of confidentiality",
};

/* The events of bpflock-log have this name for a reason without one. */
#define UNNAMED "unknown"

enum in_host {
	IN_HOST_NO,
	IN_HOST_YES,
	IN_HOST_UNKNOWN,
};

/* Adds an operation in this place, or in the next one that nothing stands in. */
static void add(struct bpflock_operation ops[BPFLOCK_REASONS], const struct bpflock_operation *op,
		uint32_t place)
{
	if (operations_bit(ops, op->name))
		return;
	for (uint32_t n = 0; n < BPFLOCK_REASONS; n++) {
		uint32_t i = (place + n) % BPFLOCK_REASONS;

		/* the first bit stands for what has no name, the last two are no reason's */
		if (ops[i].name[0] || i == 0 || (n && i >= BPFLOCK_REASONS - 2))
			continue;
		ops[i] = *op;
		return;
	}
}

void replay_operations(struct bpflock_operation ops[BPFLOCK_REASONS])
{
	struct bpflock_operation known[BPFLOCK_REASONS];

	operations_assume(known);
	bypass_assume_levels(known);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (known[i].name[0])
			add(ops, &known[i], i);
	for (uint32_t level = 0; level < _BPFLOCK_LEVEL_MAX; level++) {
		struct bpflock_operation any = { .level = level };

		snprintf(any.name, sizeof(any.name), "%s", any_operation[level]);
		add(ops, &any, 1);
	}
}

int replay_begin(struct replay *r, const struct policy *policy,
		 const struct bpflock_operation ops[BPFLOCK_REASONS])
{
	int n = 0;

	*r = (struct replay){ .policy = policy, .ops = ops };
	for (enum replay_by by = 0; n == 0 && by < _REPLAY_BY_MAX; by++)
		n = replay_table_init(&r->tables[by]);
	if (n == 0)
		n = replay_table_init(&r->machines);
	r->of_machine = calloc(REPLAY_ROWS + 1, sizeof(*r->of_machine));
	if (n == 0 && r->of_machine)
		return 0;
	replay_done(r);
	return -ENOMEM;
}

void replay_done(struct replay *r)
{
	for (enum replay_by by = 0; by < _REPLAY_BY_MAX; by++)
		replay_table_done(&r->tables[by]);
	replay_table_done(&r->machines);
	free(r->of_machine);
	r->of_machine = NULL;
}

/* A rule set of baseline that let its profile settle it has asked for the namespaces, and says what it found. */
static enum in_host by_verdict(const struct recorded *d)
{
	if (!recorded_has(d, RECORDED_PROFILE) || d->profile != BPFLOCK_PROFILE_BASELINE ||
	    !recorded_has(d, RECORDED_WHY) || d->why != BPFLOCK_WHY_PROFILE)
		return IN_HOST_UNKNOWN;
	/* a denial can also be of the rule set that decides where a task's own cannot be found */
	return d->verdict == BPFLOCK_VERDICT_ALLOW ? IN_HOST_YES : IN_HOST_UNKNOWN;
}

static enum in_host find_namespaces(const struct replay *r, const struct recorded *d)
{
	bool pidns = recorded_has(d, RECORDED_PIDNS), netns = recorded_has(d, RECORDED_NETNS);

	if (recorded_has(d, RECORDED_IN_HOST))
		return d->in_host ? IN_HOST_YES : IN_HOST_NO;
	if (pidns && d->pidns != INITIAL_PID_NAMESPACE)
		return IN_HOST_NO;
	/* an exiting task has none any more */
	if (netns && d->netns == 0)
		return IN_HOST_NO;
	if (netns && r->host_netns && d->netns != r->host_netns)
		return IN_HOST_NO;
	return pidns && netns && r->host_netns ? IN_HOST_YES : by_verdict(d);
}

/* The verdicts of one rule set, a bit each: several if the namespaces matter and are not known. */
static unsigned int verdicts_of(const struct bpflock_ruleset *rules, uint32_t slot, enum in_host in_host)
{
	if (in_host == IN_HOST_UNKNOWN)
		return 1U << bpflock_decide(rules, slot, false) |
		       1U << bpflock_decide(rules, slot, true);
	return 1U << bpflock_decide(rules, slot, in_host == IN_HOST_YES);
}

/* The verdicts of all rule sets that there are. */
static unsigned int verdicts_anywhere(struct replay *r, uint32_t slot, enum in_host in_host)
{
	uint8_t *known = &r->anywhere[slot][in_host];

	if (*known == 0) {
		*known = verdicts_of(&r->policy->host.rules, slot, in_host);
		for (size_t i = 0; i < r->policy->n_rules; i++)
			*known |= verdicts_of(&r->policy->rules[i]->rules, slot, in_host);
	}
	return *known;
}

static unsigned int verdicts(struct replay *r, const struct recorded *d, uint32_t slot,
			     enum in_host in_host)
{
	const struct rule *rule;

	if (bpflock_is_latched(r->policy->host.latch, slot))
		return 1U << BPFLOCK_VERDICT_DENY;
	if (!d->cgroup[0])
		return verdicts_anywhere(r, slot, in_host);
	rule = policy_rule_for(r->policy, d->cgroup);
	return verdicts_of(rule ? &rule->rules : &r->policy->host.rules, slot, in_host);
}

static bool is_one(uint64_t mask)
{
	return mask && !(mask & (mask - 1));
}

/* The bits of the operation; those of any other if this build does not know it. */
static uint64_t find_operation(const struct replay *r, const char *name)
{
	uint64_t bits = operations_bit(r->ops, name);

	if (bits)
		return bits;
	if (strcmp(name, UNNAMED) == 0)
		return 1ULL << BPFLOCK_REASON_UNKNOWN;
	for (uint32_t level = 0; level < _BPFLOCK_LEVEL_MAX; level++)
		bits |= operations_bit(r->ops, any_operation[level]);
	return bits;
}

/* The reason for an answer of several verdicts to one operation. */
static enum replay_answer not_known(struct replay *r, const struct recorded *d, uint32_t slot,
				    enum in_host in_host)
{
	if (d->cgroup[0])
		return REPLAY_NO_NAMESPACES;
	if (in_host != IN_HOST_UNKNOWN)
		return REPLAY_NO_CGROUP;
	return is_one(verdicts(r, d, slot, IN_HOST_NO)) && is_one(verdicts(r, d, slot, IN_HOST_YES)) ?
		       REPLAY_NO_NAMESPACES :
		       REPLAY_NO_CGROUP;
}

enum replay_answer replay_decide(struct replay *r, const struct recorded *d, uint32_t *ret_verdict)
{
	uint64_t bits = find_operation(r, d->op);
	enum in_host in_host = find_namespaces(r, d);
	unsigned int found = 0;

	for (uint32_t slot = 0; slot < BPFLOCK_REASONS; slot++)
		if (bits & (1ULL << slot))
			found |= verdicts(r, d, slot, in_host);
	if (is_one(found)) {
		*ret_verdict = __builtin_ctz(found);
		return REPLAY_KNOWN;
	}
	return is_one(bits) ? not_known(r, d, __builtin_ctzll(bits), in_host) : REPLAY_NO_OPERATION;
}

static bool is_of_others(const struct recorded *d)
{
	return d->by[0] && strcmp(d->by, "bpflock") != 0;
}

/* A latch stays for as long as the set is loaded, and whether a grant will hold nobody knows. */
static enum replay_answer answer(struct replay *r, const struct recorded *d, uint32_t *ret_verdict)
{
	enum replay_answer a;

	if (is_of_others(d))
		return REPLAY_OTHERS;
	if (recorded_has(d, RECORDED_WHY) && d->why == BPFLOCK_WHY_LATCH) {
		*ret_verdict = BPFLOCK_VERDICT_DENY;
		return REPLAY_KNOWN;
	}
	a = replay_decide(r, d, ret_verdict);
	if (recorded_has(d, RECORDED_WHY) && d->why == BPFLOCK_WHY_GRANT &&
	    (a != REPLAY_KNOWN || *ret_verdict != BPFLOCK_VERDICT_ALLOW))
		return REPLAY_GRANT;
	return a;
}

static void add_up(struct replay_sums *s, const struct recorded *d, enum replay_answer a, uint32_t new)
{
	s->answers[a] += d->count;
	if (a == REPLAY_OTHERS)
		return;
	s->verdicts[d->verdict] += d->count;
	if (recorded_has(d, RECORDED_WHY) && d->why == BPFLOCK_WHY_LATCH)
		s->latched += d->count;
	if (a != REPLAY_KNOWN || new == d->verdict)
		return;
	if (new == BPFLOCK_VERDICT_DENY)
		s->denied += d->count;
	else if (d->verdict == BPFLOCK_VERDICT_DENY)
		s->allowed += d->count;
	else
		s->logged += d->count;
}

static int enter_changes(struct replay *r, const struct recorded *d, uint32_t new)
{
	const char *const names[_REPLAY_BY_MAX] = {
		[REPLAY_BY_OPERATION] = d->op,
		[REPLAY_BY_UNIT] = d->unit[0] ? d->unit : d->cgroup,
		[REPLAY_BY_EXECUTABLE] = d->exe[0] ? d->exe : d->comm,
	};

	for (enum replay_by by = 0; by < _REPLAY_BY_MAX; by++) {
		struct replay_row *row =
			replay_table_row(&r->tables[by], names[by], d->verdict, new);

		if (!row)
			return -ENOMEM;
		replay_table_count(row, d->count, d->time);
	}
	return 0;
}

int replay_take(struct replay *r, const struct recorded *d)
{
	struct replay_row *machine;
	enum replay_answer a;
	uint32_t new = 0;

	if (d->kind == RECORDED_OTHER)
		return 0;
	machine = replay_table_row(&r->machines, d->machine, 0, 0);
	if (!machine)
		return -ENOMEM;
	if (d->kind == RECORDED_LOST) {
		r->total.lost += d->count;
		r->of_machine[machine->id].lost += d->count;
		return 0;
	}
	a = answer(r, d, &new);
	add_up(&r->total, d, a, new);
	add_up(&r->of_machine[machine->id], d, a, new);
	replay_table_count(machine, d->count, d->time);
	return a == REPLAY_KNOWN && new != d->verdict ? enter_changes(r, d, new) : 0;
}

void replay_finish(struct replay *r)
{
	for (enum replay_by by = 0; by < _REPLAY_BY_MAX; by++)
		replay_table_sort_by_count(&r->tables[by]);
	replay_table_sort_by_name(&r->machines);
}

uint64_t replay_changed(const struct replay_sums *s)
{
	return s->denied + s->allowed + s->logged;
}

uint64_t replay_unknown(const struct replay_sums *s)
{
	return s->answers[REPLAY_NO_CGROUP] + s->answers[REPLAY_NO_NAMESPACES] +
	       s->answers[REPLAY_NO_OPERATION] + s->answers[REPLAY_GRANT];
}

uint64_t replay_decisions(const struct replay_sums *s)
{
	return s->answers[REPLAY_KNOWN] + replay_unknown(s);
}
