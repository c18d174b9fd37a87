// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program locked_down enforces the policy on everything the kernel asks security_locked_down()
 * about, by the LSM hook of that name at the root of cgroup v2 (BPF_LSM_CGROUP, Linux 6.0), where it
 * is called for every task, those in v1 cgroups included. The program module_request does so on
 * requests for modules, by the hook kernel_module_request; it is there if the policy names them. An earlier refusal is kept; the verdict
 * comes first, then the count, then the record, and a record that cannot be written never changes
 * the verdict.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "decide.h"
#include "decision.h"
#include "ruling-cache.h"
#include "latch.h"
#include "policy-in-force.h"
#include "proving.h"
#include "refusing.h"
#include "seal-state.h"

/* The inode number of init_net; it differs between kernels, so the loader reads it from /proc. */
const volatile __u32 host_netns;

/*
 * Both tests are needed: a task in a child pid namespace can setns(2) into the host's network
 * namespace. An exiting task has no nsproxy, reads as 0 and is not in the host's. Not global: a
 * call takes as long as the rest of it.
 */
static __always_inline bool in_host(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->thread_pid->level == 0 && task->nsproxy->net_ns->ns.inum == host_netns;
}

/* As in_host(), where a call is little of what an answer takes. Global, so that the verifier looks at it once. */
__weak __noinline int find_host(ONLY(__u32, ret))
{
	if (ret)
		(*ret)[0] = in_host();
	return 0;
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

static __always_inline const struct bpflock_rule *rule_in(__u32 bank, __u32 row)
{
	void *inner = bpf_map_lookup_elem(&rules, &bank);

	return inner ? bpf_map_lookup_elem(inner, &row) : NULL;
}

/* The part of a policy that a search is about: a copy, because no global function is given what programs may only read. */
struct searched {
	__u32 bank, base;
	__u32 depth;
	__u32 reason;
	__u32 ends; /* the row of the host's grants for it; BPFLOCK_NO_ROW: it has none */
};

/* The result of a search, for the current task. */
struct place {
	__u64 asker;  /* the task's cgroup */
	__u64 cgroup; /* of the rule set, 0: the host's */
	__u64 until;  /* when the last of the grants on the way ends; 0: there is none */
	__u32 row;    /* of the cgroup's */
	__u32 bank;   /* which that is in */
};

/*
 * A search for the rule set of one cgroup. No larger than it has to be: all frames of a call have 512 bytes
 * between them, and each is rounded up to 32 (check_max_stack_depth(), kernel/bpf/verifier.c).
 */
struct search {
	struct cgroup *from; /* the task's */
	struct cgroup *at;   /* the ancestor that is looked at */
	const struct searched *in;
	struct place *found;
	const char *name;
	__u32 whole; /* all of it was read */
	__u32 failed; /* a name could not be read */
	__u32 row, base_row; /* above, of both banks; BPFLOCK_NO_ROW: nothing below it is there */
	struct bpflock_node node; /* the row above, and the piece of a name that is looked for */
};

static long climb_one(__u32 i, struct search *s)
{
	struct cgroup_subsys_state *parent = s->at->self.parent;

	if (!parent)
		return 1;
	s->at = parent->cgroup;
	return 0;
}

/* A rule set replaces what is above it, the grants there included. */
static __always_inline void take_rule(struct search *s, const struct bpflock_rule *rule, __u32 bank,
				      __u32 row)
{
	if (!(rule->flags & BPFLOCK_RULE_SET))
		return;
	s->found->cgroup = s->at->kn->id;
	s->found->bank = bank;
	s->found->row = row;
	s->found->until = 0;
}

static __always_inline void take_grants(struct search *s, const struct bpflock_rule *rule, __u32 bank)
{
	__u64 until;

	if (!(rule->granted & bpflock_bit(s->in->reason)))
		return;
	until = grant_end(bank, rule->ends, s->in->reason);
	if (until > s->found->until)
		s->found->until = until;
}

/* Takes what both banks have for the cgroup that is looked at. */
static __always_inline void take_rules(struct search *s)
{
	const struct searched *in = s->in;
	const struct bpflock_rule *own = rule_in(in->bank, s->row), *base;

	if (!own || !(own->flags & (BPFLOCK_RULE_SET | BPFLOCK_RULE_GONE))) {
		base = rule_in(in->base, s->base_row);
		if (base)
			take_rule(s, base, in->base, s->base_row);
	}
	if (!own)
		return;
	take_rule(s, own, in->bank, s->row);
	take_grants(s, own, in->bank);
}

/* Returns the bytes of the name from there on, with its NUL; not positive: it cannot be read. */
static __always_inline long read_piece(struct search *s, const char *name)
{
	static const char format[] = "%s";

	__builtin_memset(s->node.name, 0, sizeof(s->node.name));
	/* not a probe_read helper, which may be denied when this program is loaded again */
	return bpf_snprintf(s->node.name, sizeof(s->node.name), format, (__u64 *)&name,
			    sizeof(name));
}

/* Goes from a bank's row above to that of the piece. */
static __always_inline void search_piece(struct search *s, __u32 bank, __u32 *row)
{
	void *tree = bpf_map_lookup_elem(&nodes, &bank);
	__u32 *below;

	if (*row == BPFLOCK_NO_ROW)
		return;
	if (!tree) {
		s->failed = 1;
		return;
	}
	s->node.parent = *row;
	below = bpf_map_lookup_elem(tree, &s->node);
	*row = below ? *below : BPFLOCK_NO_ROW;
}

/* Goes from the rows above to those of the name's piece. 1: that was the last one, or neither bank has one. */
static long search_on(__u32 i, struct search *s)
{
	long bytes = read_piece(s, s->name + i * BPFLOCK_PIECE_MAX);

	if (bytes <= 0)
		return 1;
	search_piece(s, s->in->bank, &s->row);
	search_piece(s, s->in->base, &s->base_row);
	s->whole = bytes <= BPFLOCK_PIECE_MAX;
	return s->whole || (s->row == BPFLOCK_NO_ROW && s->base_row == BPFLOCK_NO_ROW);
}

/* Goes from the rows above to those of the name. False: neither bank has one. */
static __always_inline bool search_name(struct search *s)
{
	s->name = s->at->kn->name;
	s->whole = 0;
	bpf_loop(BPFLOCK_NAME_MAX / BPFLOCK_PIECE_MAX + 1, search_on, s, 0);
	if (s->row == BPFLOCK_NO_ROW && s->base_row == BPFLOCK_NO_ROW)
		return false;
	if (!s->whole)
		s->failed = 1;
	return s->whole;
}

/*
 * Looks at the ancestor on level i + 1 of the cgroup, itself included. 1 where no rule is for it or
 * anything below it.
 */
static long search_level(__u32 i, struct search *s)
{
	__u32 level = s->from->level;

	if (i >= level)
		return 1;
	s->at = s->from;
	bpf_loop(level - i - 1, climb_one, s, 0);
	if (!search_name(s))
		return 1;
	take_rules(s);
	return 0;
}

/* The task's cgroup in the default hierarchy, which is the root for those in v1 cgroups. */
static __always_inline struct cgroup *cgroup_of_task(void)
{
	return bpf_get_current_task_btf()->cgroups->dfl_cgrp;
}

/*
 * The deepest rule set on the way from the root replaces the host's, and its grants. All is asked of one
 * cgroup object, because the task may be moved meanwhile. 0, or -1 if its rule set cannot be told. Global, so that the
 * verifier looks at it once, and not for each state that it is called in.
 */
__weak __noinline int search(ONLY(struct searched, in), ONLY(struct place, ret))
{
	struct search s = { .from = cgroup_of_task() };

	if (!in || !ret)
		return -1;
	s.in = *in;
	s.found = *ret;
	s.found->asker = s.from->kn->id;
	s.found->cgroup = s.found->until = 0;
	if (s.in->base >= BPFLOCK_BANKS)
		s.base_row = BPFLOCK_NO_ROW;
	if (s.in->ends != BPFLOCK_NO_ROW)
		s.found->until = grant_end(s.in->bank, s.in->ends, s.in->reason);
	bpf_loop(s.in->depth, search_level, &s, 0);
	return s.failed ? -1 : 0;
}

/* Returns enum bpflock_quick for the next such question, while the ruling is remembered. */
static __always_inline __u32 quick_of(const struct ruling *r, __u32 reason)
{
	if (r->granted && r->rules->log > BPFLOCK_VERDICT_ALLOW)
		return BPFLOCK_QUICK_ALLOW;
	return bpflock_quick_of_rules(r->rules, reason);
}

/* Grants end when their time has come, in the kernel, whoever watches. */
static __always_inline void find_rules(struct ruling *r, __u32 reason)
{
	const struct bpflock_policy *p = r->policy;
	__u32 slot = bpflock_slot(reason);
	struct found *f = bpf_map_lookup_elem(&found, &slot);
	const struct bpflock_rule *rule;
	__u64 tick = 0, left = 0;
	bool known;

	if (!f) /* cannot be; and one way less for the verifier to follow */
		return;
	r->asker = bpf_get_current_cgroup_id();
	known = ruling_cache_recall(f, p->edition, r);
	if (!known) {
		struct searched in = {
			.bank = p->bank,
			.base = p->base,
			.depth = p->depth,
			.reason = reason,
			.ends = p->granted & bpflock_bit(reason) ? p->ends : BPFLOCK_NO_ROW,
		};
		struct place place = {};

		tick = bpf_jiffies64();
		r->cgroup = 0;
		r->granted = false;
		if (search(AS_ONLY(&in), AS_ONLY(&place)) < 0) {
			r->rules = &p->strictest;
			return;
		}
		r->asker = place.asker;
		r->cgroup = place.cgroup;
		r->row = place.row;
		r->bank = place.bank;
		left = time_left(place.until);
		r->granted = left > 0;
	}
	rule = r->cgroup ? rule_in(r->bank, r->row) : NULL;
	if (rule)
		r->rules = &rule->rules;
	if (!known && (!left || left > TICK_MAX))
		ruling_cache_remember(f, p->edition, tick, r, quick_of(r, reason));
}

/* As bpflock_decide(), but the task's namespaces are found out only where it depends on them. */
static __always_inline bool allows(const struct bpflock_ruleset *rules, __u32 what)
{
	__u32 host = false;

	if (bpflock_allows_everybody(rules, what))
		return true;
	if (!bpflock_allows_host(rules, what))
		return false;
	find_host(AS_ONLY(&host));
	return host;
}

static __always_inline bool is_latched(__u32 what)
{
	__u64 latch = latched_operations();

	return latch && bpflock_is_latched(latch, what);
}

static __always_inline __u32 decide(struct ruling *r, __u32 reason)
{
	r->latched = is_latched(reason);
	if (r->latched)
		return BPFLOCK_VERDICT_DENY;
	if (r->policy->bank < BPFLOCK_BANKS)
		find_rules(r, reason);
	if (allows(r->rules, reason)) {
		r->granted = false; /* it takes no grant */
		return BPFLOCK_VERDICT_ALLOW;
	}
	return r->granted ? BPFLOCK_VERDICT_ALLOW : bpflock_refusal(r->rules);
}

static __always_inline void log_ruling(const struct ruling *r, __u32 reason, __u32 verdict,
				       struct bpflock_counters *c)
{
	struct decision d = {
		.generation = r->policy->generation,
		.coalesce = r->policy->coalesce,
		.asker = r->asker ? r->asker : bpf_get_current_cgroup_id(),
		.cgroup = r->cgroup,
		.what = { .reason = reason,
			  .verdict = verdict,
			  .why = r->latched   ? BPFLOCK_WHY_LATCH
				 : r->granted ? BPFLOCK_WHY_GRANT
					      : bpflock_why(r->rules, reason),
			  .profile = bpflock_profile_of(r->rules, reason) },
		.retval = verdict == BPFLOCK_VERDICT_DENY ? -EPERM : 0,
		.object = r->object,
		.object_hash = r->object ? object_hash(r->object) : 0,
	};

	add_module_file(&d);
	log_decision(AS_ONLY(&d), AS_ONLY(c));
}

static __always_inline void account(const struct ruling *r, __u32 reason, __u32 verdict,
				    struct bpflock_counters *c)
{
	if (verdict >= _BPFLOCK_VERDICT_MAX)
		return;
	count(&c->verdicts[verdict]);
	if (verdict >= r->rules->log && logs())
		log_ruling(r, reason, verdict, c);
	else
		count(&c->unlogged);
}

/* Nobody looks for refusals by others of what is not the kernel's question. */
static __always_inline void note_refusal(__u32 what, bool ours)
{
	if (ours && what != BPFLOCK_MODULE_REQUEST)
		refusing_note(what, BPFLOCK_BY_BPFLOCK);
}

/*
 * A program of the task's own cgroup has refused: it stays refused. Until the set before a sealed one is detached it refuses
 * first, and logs that. It is counted here as well, so that no denial is missing in the end: also between the moment of the
 * seal and that one.
 */
static __noinline int stays_refused(__u32 what, struct bpflock_counters *c)
{
	if (!follows_its_own())
		return 1;
	if (c && proving_asks(what)) {
		count(&c->proofs);
	} else if (c) {
		count(&c->verdicts[BPFLOCK_VERDICT_DENY]);
		count(&c->unlogged);
	}
	note_refusal(what, true);
	return 1;
}

/*
 * By the rule set or the grant of the task's cgroup, if it was found here before. What outlives a call is on the stack:
 * registers would have to be saved for it.
 */
static __always_inline __u32 quick_of_cgroup(const struct bpflock_policy *p, const __u32 *slot)
{
	volatile __u64 asker = bpf_get_current_cgroup_id();
	struct found *f = bpf_map_lookup_elem(&found, slot);

	return f ? ruling_cache_quick(f, p->edition, &asker) : BPFLOCK_QUICK_NOT;
}

/* Returns whether a question is allowed without a record. Most are, and cost no more than this. */
static __always_inline bool is_allowed_quietly(const struct bpflock_policy *p, const __u32 *slot)
{
	__u64 index = *(const volatile __u32 *)slot;
	__u32 quick, of_cgroup;

	/* the compiler knows that it is small and would not look; the verifier wants to see it */
	barrier_var(index);
	quick = p->quick[index % BPFLOCK_REASONS];
	if (quick == BPFLOCK_QUICK_ALLOW)
		return true;
	if (quick == BPFLOCK_QUICK_RULES) {
		of_cgroup = quick_of_cgroup(p, slot);
		if (of_cgroup == BPFLOCK_QUICK_ALLOW)
			return true;
		if (of_cgroup != BPFLOCK_QUICK_HOST)
			return false;
	} else if (quick != BPFLOCK_QUICK_HOST) {
		return false;
	}
	return in_host();
}

/* The answer by all that it can depend on. */
static __always_inline int answer_in_full(const struct bpflock_policy *active,
					  struct bpflock_counters *c, __u32 what, __u64 object)
{
	struct ruling r = { .policy = policy_or_fallback(active), .object = object };
	__u32 verdict;

	if (!r.policy || !c) /* neither can be */
		return 0;
	r.rules = &r.policy->rules;
	verdict = decide(&r, what);
	if (proving_asks(what)) {
		count(&c->proofs);
		/* no modprobe is to run for it */
		if (what == BPFLOCK_MODULE_REQUEST)
			return 0;
	} else {
		account(&r, what, verdict, c);
	}
	note_refusal(what, verdict == BPFLOCK_VERDICT_DENY);
	return verdict != BPFLOCK_VERDICT_DENY;
}

/* Not in the program itself: that would save registers which a quick answer does not need. */
static __noinline int answer_slowly(const struct bpflock_policy *active, __u32 what)
{
	return answer_in_full(active, counters_of(bpflock_slot(what)), what, 0);
}

/*
 * The answer is 1 to go on, 0 to refuse (kernel/bpf/cgroup.c, bpf_prog_run_array_cg()). The argument `what` is compared
 * as 32 bits: old kernels leave garbage above them.
 */
SEC("lsm_cgroup/locked_down")
int BPF_PROG(locked_down, __u32 what)
{
	volatile __u32 asked = what, slot_of = what; /* on the stack, as in quick_of_cgroup() */
	__u32 *slot = (__u32 *)&slot_of;
	const struct bpflock_policy *active;
	struct bpflock_counters *c;

	if (what >= BPFLOCK_MODULE_REQUEST)
		slot_of = bpflock_slot(bpflock_kernel_reason(what));
	if (bpf_get_retval() < 0)
		return stays_refused(bpflock_kernel_reason(asked), counters_of(slot_of));
	active = active_policy();
	if (active && is_allowed_quietly(active, slot) && !latched_operations()) {
		c = bpf_map_lookup_elem(&counters, slot);
		if (c) {
			count(&c->verdicts[BPFLOCK_VERDICT_ALLOW]);
			count(&c->unlogged);
			return 1;
		}
	}
	return answer_slowly(active, bpflock_kernel_reason(asked));
}

/*
 * The kernel calls this before it runs modprobe for an alias that a task has asked for, in that
 * task's own context.
 */
SEC("lsm_cgroup/kernel_module_request")
int BPF_PROG(module_request, char *alias)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_MODULE_REQUEST);

	if (bpf_get_retval() < 0)
		return stays_refused(BPFLOCK_MODULE_REQUEST, c);
	return answer_in_full(active_policy(), c, BPFLOCK_MODULE_REQUEST, (__u64)alias);
}

char LICENSE[] SEC("license") = "GPL";
