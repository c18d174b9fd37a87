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
	__u64 tick; /* of jiffies, within which the grant lasts */
	__u32 row;
	__u32 bank;
	__u64 granted;
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

	if (changes & 1 || f->edition != edition || f->asker != ret->asker)
		return false;
	ret->cgroup = f->cgroup;
	ret->row = f->row;
	ret->bank = f->bank;
	ret->granted = f->granted;
	if (ret->granted && f->tick != bpf_jiffies64())
		return false;
	return f->changes == changes;
}

/* A decision that comes in between finds the change under way and remembers nothing. */
static __always_inline void ruling_cache_remember(volatile struct found *f, __u64 edition,
						  __u64 tick, const struct ruling *r)
{
	const __u64 changes = f->changes;

	if (changes & 1 ||
	    __sync_val_compare_and_swap(&f->changes, changes, changes + 1) != changes)
		return;
	f->edition = edition;
	f->asker = r->asker;
	f->cgroup = r->cgroup;
	f->tick = tick;
	f->row = r->row;
	f->bank = r->bank;
	f->granted = r->granted;
	f->changes = changes + 2;
}
