// SPDX-License-Identifier: GPL-2.0-only
/*
 * kimglock: enforces the policy on everything the kernel asks security_locked_down() about, by the
 * LSM hook locked_down (bpf_get_current_task_btf() makes 5.13 the minimum). An earlier refusal is
 * kept; the verdict comes first, then the count, then the record, and a record that cannot be
 * written never changes the verdict.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "decide.h"
#include "log.h"

/* The inode number of init_net; it differs between kernels, so the loader reads it from /proc. */
const volatile __u32 host_netns;

/*
 * An inner map holds one policy, is read-only for programs, and is frozen before anybody sees it.
 * A change enters another map into the slot: one pointer, so a decision sees one policy or the
 * other. The old map lives until the last decision that uses it is over (RCU).
 *
 * Sizes instead of types, so that no BTF is attached: 6.1 wants the maps that take the slot to be
 * like this one in that as well, and user space makes those without (map_meta_equal compares
 * timer_off).
 */
struct policy_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpflock_policy));
} no_policy SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct policy_map);
} policy SEC(".maps") = {
	.values = { &no_policy },
};

static __always_inline const struct bpflock_policy *active_policy(void)
{
	__u32 zero = 0;
	void *inner;

	inner = bpf_map_lookup_elem(&policy, &zero);
	return inner ? bpf_map_lookup_elem(inner, &zero) : NULL;
}

/*
 * Both tests are needed: a task in a child pid namespace can setns(2) into the host's network
 * namespace. An exiting task has no nsproxy, reads as 0 and is not in the host's.
 */
static __always_inline bool in_host(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->thread_pid->level == 0 && task->nsproxy->net_ns->ns.inum == host_netns;
}

static __always_inline void emit(const struct bpflock_policy *p, struct bpflock_counters *c,
				 __u32 reason, __u32 verdict)
{
	struct bpflock_decision_record *r;

	r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	if (!r) {
		next_seq();
		count(&c->dropped);
		return;
	}
	record_begin(&r->head, sizeof(*r), BPFLOCK_EVENT_LOCKED_DOWN);
	r->head.generation = p->generation;
	r->head.retval = verdict == BPFLOCK_VERDICT_DENY ? -EPERM : 0;
	r->reason = reason;
	r->verdict = verdict;
	r->why = bpflock_why(&p->rules, reason);
	r->profile = p->rules.profile;
	r->reserved = 0;
	count(&c->emitted);
	bpf_ringbuf_submit(r, 0);
}

static __always_inline void account(const struct bpflock_policy *p, __u32 reason, __u32 verdict)
{
	struct bpflock_counters *c = counters_of(bpflock_slot(reason));

	if (!c || verdict >= _BPFLOCK_VERDICT_MAX)
		return;
	count(&c->verdicts[verdict]);
	if (verdict >= p->rules.log)
		emit(p, c, reason, verdict);
	else
		count(&c->unlogged);
}

/* what is compared as 32 bits: old kernels leave garbage above them. */
SEC("lsm/locked_down")
int BPF_PROG(locked_down, __u32 what, int ret)
{
	const struct bpflock_policy *p = active_policy();
	__u32 verdict;

	if (ret)
		return ret;
	if (!p)
		return -EPERM;
	verdict = bpflock_decide(&p->rules, what,
				 bpflock_needs_namespaces(&p->rules, what) && in_host());
	account(p, what, verdict);
	if (verdict == BPFLOCK_VERDICT_DENY)
		return -EPERM;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
