/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps that every emitting program shares, and how a record is begun and ended. The maps are
 * weak because each object defines them alike and the linker keeps one.
 */
#pragma once

#include <bpf/bpf_core_read.h>

#include "abi.h"
#include "global.h"
#include "kernel.h"
#include "only-value.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BPFLOCK_COUNTERS_REFUSING + 1);
	__type(key, __u32);
	__type(value, struct bpflock_counters);
} counters __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpflock_log_state);
} log_state __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpflock_reader_state);
} reader __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, BPFLOCK_RING_SIZE);
} ring __weak SEC(".maps");

/*
 * Each class may have so much of the ring's room, which the loader sets: with exec tracing that is
 * a class too.
 */
const volatile __u32 budgets[_BPFLOCK_CLASS_MAX] __weak;

/* Bytes: with no more in the ring than that there is room for everybody. The loader sets this as well. */
const volatile __u32 crowded __weak;

/*
 * LSM programs may be preempted by another decision on the same CPU (they run with migration, not
 * preemption, disabled), so even a per-CPU counter needs an atomic add to stay exact.
 */
static __always_inline void count(__u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

static __always_inline void uncount(__u64 *counter)
{
	__sync_fetch_and_add(counter, -1);
}

static __always_inline struct bpflock_counters *counters_of(__u32 index)
{
	return bpf_map_lookup_elem(&counters, &index);
}

static __always_inline struct bpflock_log_state *state_of_log(void)
{
	return only_value(&log_state);
}

/* Numbers an attempt to emit. To be called after the slot was reserved or refused: see abi.h. */
static __always_inline __u64 next_seq_of(struct bpflock_log_state *state)
{
	return __sync_fetch_and_add(&state->seq, 1) + 1;
}

static __always_inline __u64 next_seq(void)
{
	struct bpflock_log_state *state = state_of_log();

	return state ? next_seq_of(state) : 0;
}

/*
 * The flags that a record is submitted with, after it got its number. By itself the kernel wakes readers
 * for the first record of an empty ring only, and who takes nothing out never sees it empty. So these ask to be woken,
 * and then look once more. Taking a number orders the two: either they see that there is another record, or
 * it is seen here that they wait.
 */
static __always_inline __u64 wake_flags_of(struct bpflock_log_state *state)
{
	if (!*(volatile __u64 *)&state->waiting)
		return 0;
	state->waiting = 0;
	return BPF_RB_FORCE_WAKEUP;
}

static __always_inline __u64 wake_flags(void)
{
	struct bpflock_log_state *state = state_of_log();

	return state ? wake_flags_of(state) : 0;
}

/*
 * Returns whether a class has used up its room. A ring that is nearly empty was consumed, perhaps by a reader that does not
 * tell.
 */
static __always_inline bool over_budget_of(struct bpflock_log_state *state,
					   enum bpflock_class class, __u32 size)
{
	struct bpflock_reader_state *read;

	if (bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) <= crowded)
		return false;
	read = only_value(&reader);
	return read &&
	       (__s64)(state->produced[class] - read->consumed[class]) + size > budgets[class];
}

static __always_inline bool over_budget(enum bpflock_class class, __u32 size)
{
	struct bpflock_log_state *state = state_of_log();

	return state && over_budget_of(state, class, size);
}

static __always_inline void charge_to(struct bpflock_log_state *state, enum bpflock_class class,
				      __u32 size)
{
	__sync_fetch_and_add(&state->produced[class], size);
}

static __always_inline void charge(enum bpflock_class class, __u32 size)
{
	struct bpflock_log_state *state = state_of_log();

	if (state)
		charge_to(state, class, size);
}

/*
 * The functions below read the current task. Global functions, so that the verifier looks at each
 * once in a program, whoever calls it: for each pointer that is followed, newer kernels search all
 * of their BTF four times (type_is_rcu() and its like, kernel/bpf/verifier.c).
 *
 * Direct BTF loads, which the kernel makes fault-safe, so that NULL on the way (nsproxy of an
 * exiting task) reads as 0; and not probe_read helpers, which would stop a program from loading
 * again wherever bpf_read is denied.
 */

struct namespaces {
	__u32 net; /* inode numbers */
	__u32 pid;
};

/* The inode number of the initial pid namespace, the only one of level 0: a constant
 * (PROC_PID_INIT_INO). */
#define INITIAL_PID_NAMESPACE 0xEFFFFFFCU

/*
 * A task's own namespaces. pid_ns_for_children is that of pid or, after unshare(2) or setns(2), a
 * descendant of it (setns refuses anything else), so climbing to the task's level arrives there. 32
 * is the kernel's MAX_PID_NS_LEVEL.
 */
static __always_inline void namespaces_of(struct task_struct *task, struct namespaces *ret)
{
	struct nsproxy *nsproxy = task->nsproxy;
	__u32 level = task->thread_pid->level;
	struct pid_namespace *ns;

	ret->net = nsproxy->net_ns->ns.inum;
	ret->pid = INITIAL_PID_NAMESPACE;
	if (!level)
		return;
	ns = nsproxy->pid_ns_for_children;
	for (int i = 0; i < 32 && ns->level > level; i++)
		ns = ns->parent;
	ret->pid = ns->ns.inum;
}

/* The current task's uid is that of the initial user namespace, whose mapping is the identity. */
__weak __noinline int find_uid(ONLY(__u32, ret))
{
	if (ret)
		(*ret)[0] = bpf_get_current_task_btf()->cred->uid.val;
	return 0;
}

/* Cheaper than the helper for the current task's; both may see half of a name that is being
 * changed. */
static __always_inline void copy_comm(char to[BPFLOCK_COMM_LEN], struct task_struct *task)
{
	__u64 *words = (__u64 *)to, *comm = (__u64 *)task->comm;

	words[0] = comm[0];
	words[1] = comm[1];
	to[BPFLOCK_COMM_LEN - 1] = '\0';
}

/* Fills the head, but for what only the caller knows: the number, the cgroup, the generation, what
 * came of it. */
static __always_inline void record_fill(struct bpflock_record *r, struct task_struct *task,
					__u32 size, __u32 event, __u64 now)
{
	struct task_struct *parent = task->real_parent;
	struct namespaces ns;

	namespaces_of(task, &ns);
	r->size = size;
	r->abi = BPFLOCK_ABI;
	r->event = event;
	r->seq = 0; /* the caller's to set, once it is known where the record goes */
	r->time = now;
	r->tgid = task->tgid;
	r->pid = task->pid;
	r->ppid = parent->tgid;
	r->uid = task->cred->uid.val;
	r->pidns = ns.pid;
	r->netns = ns.net;
	r->count = 1;
	r->loginuid = r->session = BPFLOCK_UNSET;
	if (bpf_core_field_exists(task->loginuid)) {
		r->loginuid = task->loginuid.val;
		r->session = task->sessionid;
	}
	copy_comm(r->comm, task);
	copy_comm(r->pcomm, parent);
}

/* Global, so that the verifier looks at it once; the cgroup is the task's now. */
__weak __noinline int record_begin(ONLY(struct bpflock_record, only), __u32 size, __u32 event,
				   __u64 now)
{
	if (!only)
		return 0;
	record_fill(*only, bpf_get_current_task_btf(), size, event, now);
	(*only)->cgroup_id = bpf_get_current_cgroup_id();
	return 0;
}
