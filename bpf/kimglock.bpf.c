// SPDX-License-Identifier: GPL-2.0-only
/*
 * kimglock: enforces the policy on everything the kernel asks security_locked_down() about, by the
 * LSM hook locked_down (bpf_get_current_ancestor_cgroup_id() for LSM programs makes 5.14 the
 * minimum). An earlier refusal is kept; the verdict comes first, then the count, then the record,
 * and a record that cannot be written never changes the verdict.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "decide.h"
#include "found.h"
#include "policy.h"
#include "recent.h"

/* The inode number of init_net; it differs between kernels, so the loader reads it from /proc. */
const volatile __u32 host_netns;

static __always_inline const struct bpflock_policy *policy_in(__u32 slot)
{
	__u32 zero = 0;
	void *inner;

	inner = bpf_map_lookup_elem(&policy, &slot);
	return inner ? bpf_map_lookup_elem(inner, &zero) : NULL;
}

/* A policy on trial that nobody has confirmed ends by itself. */
static __always_inline const struct bpflock_policy *policy_in_force(void)
{
	const struct bpflock_policy *p = policy_in(BPFLOCK_SLOT_ACTIVE);

	if (p && p->expires && bpf_ktime_get_boot_ns() >= p->expires)
		return policy_in(BPFLOCK_SLOT_FALLBACK);
	return p;
}

/*
 * Both tests are needed: a task in a child pid namespace can setns(2) into the host's network
 * namespace. An exiting task has no nsproxy, reads as 0 and is not in the host's.
 */
static __always_inline bool in_host(void)
{
	struct namespaces ns = {};

	find_namespaces(AS_ONLY(&ns), false);
	return ns.level == 0 && ns.net == host_netns;
}

/* Until when a row's grant of a reason lasts; 0: none. */
static __always_inline __u64 grant_end(__u32 bank, __u32 row, __u32 reason)
{
	__u32 slot = bpflock_slot(reason);
	struct bpflock_ends *e;
	void *inner;

	inner = bpf_map_lookup_elem(&ends, &bank);
	e = inner ? bpf_map_lookup_elem(inner, &row) : NULL;
	/* the compiler knows that it is small and would not look; the verifier wants to see it */
	barrier_var(slot);
	return e && slot < BPFLOCK_REASONS ? e->until[slot] : 0;
}

static __always_inline const struct bpflock_rule *rule_in(__u32 bank, const __u32 *row)
{
	void *inner = bpf_map_lookup_elem(&rules, &bank);

	return inner ? bpf_map_lookup_elem(inner, row) : NULL;
}

/* A search for the rule set of the current task: what is asked, and what has been found so far. */
struct search {
	__u64 cgroup; /* of the rule set that was found; 0: none, the host's decides */
	__u64 until;  /* when the last of the grants on the way ends; 0: there is none */
	__u32 row;
	__u32 bank;
	__u32 reason;
};

static __always_inline void add_grant(struct search *s, __u64 until)
{
	if (until > s->until)
		s->until = until;
}

/*
 * Looks at the ancestor of the current task's cgroup at a depth, the cgroup itself included. Whether it has a
 * rule set.
 *
 * Not inlined and global, so that the verifier looks at it once and not for each depth: that was most of
 * what loading takes.
 */
__noinline int search_at(ONLY(struct search, only), __u32 level)
{
	struct search *s = *only;
	const struct bpflock_rule *rule;
	__u64 id;
	void *live_ids;
	__u32 bank, *row;

	if (!only)
		return 0;
	bank = s->bank;
	live_ids = bpf_map_lookup_elem(&live, &bank);
	id = bpf_get_current_ancestor_cgroup_id(level);
	if (!live_ids || !id)
		return 0;
	row = bpf_map_lookup_elem(live_ids, &id);
	rule = row ? rule_in(bank, row) : NULL;
	if (!rule)
		return 0;
	if (rule->granted & bpflock_bit(s->reason))
		add_grant(s, grant_end(bank, rule->ends, s->reason));
	if (!(rule->flags & BPFLOCK_RULE_SET))
		return 0;
	s->cgroup = id;
	s->row = *row;
	return 1;
}

/*
 * The deepest rule set above the task replaces the host's, and its grants. Only depths at which there are
 * rules are looked at, so the depth of the task costs nothing and hides nothing.
 */
static __always_inline void search(struct search *s, const struct bpflock_policy *p)
{
	for (__u32 i = 0; i < BPFLOCK_LEVELS_MAX && i < p->n_levels; i++)
		if (search_at(AS_ONLY(s), p->levels[i]))
			return;
	if (p->granted & bpflock_bit(s->reason))
		add_grant(s, grant_end(s->bank, p->ends, s->reason));
}

/* Grants end when their time has come, in the kernel, whoever watches. */
static __always_inline void find_rules(struct ruling *r, __u32 reason)
{
	const struct bpflock_policy *p = r->policy;
	struct search s = { .bank = p->bank, .reason = reason };
	const __u64 asker = bpf_get_current_cgroup_id();
	__u32 slot = bpflock_slot(reason);
	struct found *f = bpf_map_lookup_elem(&found, &slot);
	const struct bpflock_rule *rule;

	if (!f) /* cannot be; and one way less for the verifier to follow */
		return;
	if (!recall(f, p->generation, asker, r)) {
		__u64 tick = bpf_jiffies64(), left;

		search(&s, p);
		left = time_left(s.until);
		r->cgroup = s.cgroup;
		r->row = s.row;
		r->granted = left > 0;
		if (!left || left > TICK_MAX)
			remember(f, p->generation, asker, tick, r);
	}
	if (!r->cgroup)
		return;
	rule = rule_in(p->bank, &r->row);
	if (rule)
		r->rules = &rule->rules;
}

static __always_inline __u32 decide(struct ruling *r, __u32 reason)
{
	__u32 verdict;

	if (r->policy->bank < BPFLOCK_BANKS)
		find_rules(r, reason);
	verdict = bpflock_decide(r->rules, reason,
				 bpflock_needs_namespaces(r->rules, reason) && in_host());
	if (verdict == BPFLOCK_VERDICT_ALLOW)
		r->granted = false; /* it takes no grant */
	return r->granted ? BPFLOCK_VERDICT_ALLOW : verdict;
}

/* What is logged of a decision. */
struct decision {
	__u64 generation;
	__u64 coalesce;
	__u64 cgroup;
	__u32 reason;
	__u32 verdict;
	__u32 why;
	__u32 profile;
};

static __always_inline void describe(const struct decision *d, __u64 now,
				     struct bpflock_decision_record *r)
{
	record_begin(AS_ONLY(&r->head), sizeof(*r), BPFLOCK_EVENT_LOCKED_DOWN, now);
	r->head.generation = d->generation;
	r->head.retval = d->verdict == BPFLOCK_VERDICT_DENY ? -EPERM : 0;
	r->reason = d->reason;
	r->verdict = d->verdict;
	r->why = d->why;
	r->profile = d->profile;
	r->reserved = 0;
	r->rule_cgroup = d->cgroup;
}

/* The same process as the same user in the same cgroup, the same question, the same answer for the same reason. */
static __always_inline bool repeats(const struct bpflock_decision_record *r, __u32 tgid,
				    const struct decision *d)
{
	__u32 uid = 0;

	find_uid(AS_ONLY(&uid));
	return r->head.tgid == tgid && r->reason == d->reason && r->verdict == d->verdict &&
	       r->head.generation == d->generation && r->rule_cgroup == d->cgroup &&
	       r->why == d->why && r->head.uid == uid &&
	       r->head.cgroup_id == bpf_get_current_cgroup_id();
}

static __always_inline struct bpflock_recent *recent_slot(__u32 tgid, const struct decision *d)
{
	__u32 index = ((tgid * 4 + d->verdict) * BPFLOCK_REASONS + d->reason) * 0x9e3779b1U;

	index >>= 32 - __builtin_ctz(BPFLOCK_RECENT);
	return bpf_map_lookup_elem(&recent, &index);
}

/* The slot is locked. *c: of the reason. */
static __always_inline void log_or_coalesce(struct bpflock_recent *slot, const struct decision *d,
					    struct bpflock_counters *c, __u32 tgid)
{
	bool again = repeats(&slot->record, tgid, d), in_ring = false, free_slot = true;
	/* a record must be able to carry all that wait */
	bool may_wait = again && slot->pending < BPFLOCK_PENDING_MAX;
	struct bpflock_decision_record r;
	__u32 tick = bpf_jiffies64();
	__u64 now;

	if (may_wait && tick == slot->tick) {
		slot->pending++;
		count(&c->coalesced);
		return;
	}
	now = bpf_ktime_get_boot_ns();
	if (may_wait && now < slot->until) {
		slot->pending++;
		slot->last = now;
		slot->tick = slot->until - now > TICK_MAX ? tick : 0;
		count(&c->coalesced);
		return;
	}
	describe(d, now, &r);
	if (again)
		in_ring = put(AS_ONLY(&r), 1 + slot->pending);
	else /* else somebody's repetitions wait there for room in the ring */
		free_slot = carry_pending(slot);
	if (in_ring) {
		slot->pending = 0;
		count(&c->emitted);
	} else {
		emit(&r, c);
	}
	if (!free_slot)
		return;
	slot->record = r;
	slot->until = now + d->coalesce;
	slot->last = now;
	slot->tick = d->coalesce > TICK_MAX ? tick : 0;
}

/* Global as search_at() is, and for the same reason. */
__noinline int log_decision(ONLY(struct decision, only))
{
	struct decision *d = *only;
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct bpflock_recent *slot = NULL;
	struct bpflock_decision_record r;
	struct bpflock_counters *c;

	if (!only)
		return 0;
	c = counters_of(bpflock_slot(d->reason));
	if (!c)
		return 0;
	if (d->coalesce)
		slot = recent_slot(tgid, d);
	if (slot && try_lock(&slot->busy)) {
		log_or_coalesce(slot, d, c, tgid);
		unlock(&slot->busy);
		return 0;
	}
	describe(d, bpf_ktime_get_boot_ns(), &r);
	emit(&r, c);
	return 0;
}

static __always_inline void account(const struct ruling *r, __u32 reason, __u32 verdict,
				    struct bpflock_counters *c)
{
	if (verdict >= _BPFLOCK_VERDICT_MAX)
		return;
	count(&c->verdicts[verdict]);
	if (verdict >= r->rules->log) {
		struct decision d = {
			.generation = r->policy->generation,
			.coalesce = r->policy->coalesce,
			.cgroup = r->cgroup,
			.reason = reason,
			.verdict = verdict,
			.why = r->granted ? BPFLOCK_WHY_GRANT : bpflock_why(r->rules, reason),
			.profile = r->rules->profile,
		};

		log_decision(AS_ONLY(&d));
	} else {
		count(&c->unlogged);
	}
}

/* what is compared as 32 bits: old kernels leave garbage above them. */
SEC("lsm/locked_down")
int BPF_PROG(locked_down, __u32 what, int ret)
{
	struct bpflock_counters *c = counters_of(bpflock_slot(what));
	struct ruling r = { .policy = policy_in_force() };
	__u32 verdict;

	if (ret)
		return ret;
	if (!r.policy || !c) /* neither can be */
		return -EPERM;
	r.rules = &r.policy->rules;
	verdict = decide(&r, what);
	account(&r, what, verdict, c);
	if (verdict == BPFLOCK_VERDICT_DENY)
		return -EPERM;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
