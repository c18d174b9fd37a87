/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The result of a search for a rule set is kept per CPU and reason, because a repeated question
 * then costs no search. It holds for as long as the policy does: rules are found by the names on a
 * cgroup's path, which never change, and neither ids of cgroups nor editions are used again.
 *
 * Not pinned: another set of programs begins with nothing.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "abi.h"

/* A ruling is the rule set that decides about a task, and whether a grant exempts it. */
struct ruling {
	const struct bpflock_policy *policy;
	const struct bpflock_ruleset *rules;
	__u64 asker;  /* the task's cgroup, read once, because it may be moved; 0: no rule is to be found */
	__u64 cgroup; /* of the rule set, 0: the host's */
	__u64 object; /* address of the text that the question is about; 0: none */
	__u32 row;    /* of the cgroup's */
	__u32 bank;   /* which that is in */
	bool granted;
	bool latched;
};

struct found {
	__u64 changes;	  /* odd during one */
	__u64 edition; /* of the policy */
	__u64 asker;	  /* the task's cgroup */
	__u64 cgroup;
	__u64 tick; /* of jiffies, within which the grant lasts; 0: there is none */
	__u32 row;
	__u32 bank;
	__u32 quick; /* enum bpflock_quick, for as long as the grant lasts if there is one */
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BPFLOCK_REASONS);
	__type(key, __u32);
	__type(value, struct found);
} found __weak SEC(".maps");

/*
 * A tick lasts at most so many ns (CONFIG_HZ=100). Reading jiffies is a load, reading a clock costs
 * as much as a decision. Jiffies stand still while the machine sleeps, but it takes many of them to
 * fall asleep and to wake up.
 */
#define TICK_MAX 10000000

/* Returns the ns until a time of CLOCK_BOOTTIME, 0 from then on. */
static __always_inline __u64 time_left(__u64 until)
{
	__u64 now;

	if (!until)
		return 0;
	now = bpf_ktime_get_boot_ns();
	return until > now ? until - now : 0;
}

/*
 * Returns whether the ruling is known, and then sets *ret's cgroup, row, bank and granted. Another
 * decision on this CPU may come in between at any point, so what was read counts only if nothing
 * has changed since.
 */
static __always_inline bool ruling_cache_recall(const volatile struct found *f, __u64 edition,
						struct ruling *ret)
{
	const __u64 changes = f->changes;
	__u64 tick;

	if (changes & 1 || f->edition != edition || f->asker != ret->asker)
		return false;
	ret->cgroup = f->cgroup;
	ret->row = f->row;
	ret->bank = f->bank;
	tick = f->tick;
	ret->granted = tick;
	if (tick && tick != bpf_jiffies64())
		return false;
	return f->changes == changes;
}

/*
 * Returns enum bpflock_quick for a task of the cgroup *asker. What was read counts only if it is about that cgroup before
 * and after, because a change begins and ends with that.
 */
static __always_inline __u32 ruling_cache_quick(const volatile struct found *f, __u64 edition,
						const volatile __u64 *asker)
{
	const volatile struct found *volatile on_stack;
	__u64 now;
	__u32 quick;

	if (f->asker != *asker || f->edition != edition)
		return BPFLOCK_QUICK_NOT;
	if (f->tick) {
		on_stack = f;
		now = bpf_jiffies64();
		f = on_stack;
		if (f->tick != now)
			return BPFLOCK_QUICK_NOT;
	}
	quick = f->quick;
	return f->asker == *asker ? quick : BPFLOCK_QUICK_NOT;
}

/*
 * A decision that comes in between finds the change under way and remembers nothing. tick: of jiffies, before the time was
 * read.
 */
static __always_inline void ruling_cache_remember(volatile struct found *f, __u64 edition,
						  __u64 tick, const struct ruling *r,
						  __u32 quick)
{
	const __u64 changes = f->changes;

	if (changes & 1 || (r->granted && !tick) ||
	    __sync_val_compare_and_swap(&f->changes, changes, changes + 1) != changes)
		return;
	f->asker = 0; /* no cgroup's */
	f->edition = edition;
	f->cgroup = r->cgroup;
	f->tick = r->granted ? tick : 0;
	f->row = r->row;
	f->bank = r->bank;
	f->quick = quick;
	f->asker = r->asker;
	f->changes = changes + 2;
}
