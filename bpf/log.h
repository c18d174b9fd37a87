/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps that every emitting program shares, and how a record is begun and ended. The maps are
 * weak because each object defines them alike and the linker keeps one.
 */
#pragma once

#include "abi.h"
#include "global.h"
#include "kernel.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BPFLOCK_COUNTERS_MAX);
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
 * How much of the ring's room each class may have, set by the loader: with exec tracing that is a
 * class too.
 */
const volatile __u32 budgets[_BPFLOCK_CLASS_MAX] __weak;

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
	__u32 zero = 0;

	return bpf_map_lookup_elem(&log_state, &zero);
}

/* Numbers an attempt to emit. To be called after the slot was reserved or refused: see abi.h. */
static __always_inline __u64 next_seq(void)
{
	struct bpflock_log_state *state = state_of_log();

	return state ? __sync_fetch_and_add(&state->seq, 1) + 1 : 0;
}

/*
 * Whether a class has used up its room. A ring that is nearly empty has room for everybody: it was
 * consumed by a reader that does not tell.
 */
static __always_inline bool over_budget(enum bpflock_class class, __u32 size)
{
	struct bpflock_log_state *state = state_of_log();
	struct bpflock_reader_state *read;
	__u32 zero = 0;

	read = bpf_map_lookup_elem(&reader, &zero);
	if (!state || !read ||
	    (__s64)(state->produced[class] - read->consumed[class]) + size <= budgets[class])
		return false;
	return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) >
	       bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE) / 4;
}

static __always_inline void charge(enum bpflock_class class, __u32 size)
{
	struct bpflock_log_state *state = state_of_log();

	if (state)
		__sync_fetch_and_add(&state->produced[class], size);
}

/*
 * The inode number of the current task's own pid namespace. pid_ns_for_children is that namespace or, after
 * unshare(2) or setns(2), a descendant of it (setns refuses anything else), so climbing to the
 * task's level arrives there. 32 is the kernel's MAX_PID_NS_LEVEL. Global, so that the verifier
 * looks at the way up once; with a pointer for its result, see global.h.
 */
__weak __noinline int current_pidns(__u32 *ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pid_namespace *ns = task->nsproxy->pid_ns_for_children;
	__u32 level = task->thread_pid->level;

	if (!ret)
		return 0;
	for (int i = 0; i < 32 && ns->level > level; i++)
		ns = ns->parent;
	*ret = ns->ns.inum;
	return 0;
}

/* Cheaper than the helper for the current task's; both may see half of a name that is being changed. */
static __always_inline void copy_comm(char to[BPFLOCK_COMM_LEN], struct task_struct *task)
{
	__u64 *words = (__u64 *)to, *comm = (__u64 *)task->comm;

	words[0] = comm[0];
	words[1] = comm[1];
	to[BPFLOCK_COMM_LEN - 1] = '\0';
}

/*
 * Fills the head. NULL pointers on the way (nsproxy of an exiting task) read as 0: these are direct
 * BTF loads, which the kernel makes fault-safe, and not probe_read helpers, which would stop this
 * program from loading again wherever bpf_read is denied.
 */
static __always_inline void record_begin(struct bpflock_record *r, __u32 size, __u16 event,
					 __u64 now)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct *parent = task->real_parent;
	__u32 pidns = 0;

	r->size = size;
	r->abi = BPFLOCK_ABI;
	r->event = event;
	r->seq = 0; /* the caller's to set, once it is known where the record goes */
	r->time = now;
	r->cgroup_id = bpf_get_current_cgroup_id();
	r->tgid = task->tgid;
	r->pid = task->pid;
	r->ppid = parent->tgid;
	r->uid = task->cred->uid.val; /* as the initial user namespace has it, whose mapping is the identity */
	current_pidns(&pidns);
	r->pidns = pidns;
	r->netns = task->nsproxy->net_ns->ns.inum;
	r->count = 1;
	copy_comm(r->comm, task);
	copy_comm(r->pcomm, parent);
}
