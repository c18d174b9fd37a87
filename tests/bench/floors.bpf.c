// SPDX-License-Identifier: GPL-2.0-only
/*
 * Floors of the figures of hook.c: programs that do only what a decision cannot do without. They know no grants, latches, trials
 * or proofs, and count nothing that is lost. One at a time is attached.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "abi.h"
#include "kernel.h"
#include "path.h"

/* These only allow. */
SEC("?lsm_cgroup/locked_down")
int BPF_PROG(empty)
{
	return 1;
}

SEC("?lsm/locked_down")
int BPF_PROG(empty_link)
{
	return 0;
}

SEC("?fexit/security_locked_down")
int BPF_PROG(empty_exit)
{
	return 0;
}

SEC("?fexit/lockdown_is_locked_down")
int BPF_PROG(empty_exit_of_lockdown)
{
	return 0;
}

/* A policy can be replaced at once only as a whole, in a map of its own. */
struct policy_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpflock_ruleset);
} floor_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct policy_map);
} floor_policy SEC(".maps") = { .values = { &floor_rules } };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BPFLOCK_REASONS);
	__type(key, __u32);
	__type(value, struct bpflock_counters);
} floor_counters SEC(".maps");

/* A task's rule set is kept by its cgroup: to find it takes longer. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, BPFLOCK_REASONS);
	__type(key, __u32);
	__type(value, __u64);
} floor_found SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 << 20);
} floor_ring SEC(".maps");

__u64 floor_seq, floor_host;

/* Returns the rule set after the decision was counted; NULL: it is refused. */
static __always_inline struct bpflock_ruleset *decided(__u32 what)
{
	struct bpflock_counters *c = bpf_map_lookup_elem(&floor_counters, &what);
	struct bpflock_ruleset *rules;
	__u32 zero = 0;
	void *inner;

	inner = bpf_map_lookup_elem(&floor_policy, &zero);
	rules = inner ? bpf_map_lookup_elem(inner, &zero) : NULL;
	if (!rules || !c || bpf_get_retval() < 0 || rules->deny & 1ULL << (what & 63))
		return NULL;
	__sync_fetch_and_add(&c->verdicts[BPFLOCK_VERDICT_ALLOW], 1);
	return rules;
}

SEC("?lsm_cgroup/locked_down")
int BPF_PROG(decision, __u32 what)
{
	return decided(what) != NULL;
}

/* The host's inode number is one that no namespace has: the answer is not used. */
static __always_inline bool in_host(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return task->thread_pid->level == 0 && task->nsproxy->net_ns->ns.inum != floor_host;
}

SEC("?lsm_cgroup/locked_down")
int BPF_PROG(decision_for_host, __u32 what)
{
	return decided(what) && in_host();
}

SEC("?lsm_cgroup/locked_down")
int BPF_PROG(decision_of_cgroup, __u32 what)
{
	__u64 *found;

	if (!decided(what))
		return 0;
	found = bpf_map_lookup_elem(&floor_found, &what);
	return found && *found != bpf_get_current_cgroup_id();
}

SEC("?lsm_cgroup/locked_down")
int BPF_PROG(empty_record, __u32 what)
{
	struct bpflock_decision_plain *r = bpf_ringbuf_reserve(&floor_ring, sizeof(*r), 0);

	if (!r)
		return 1;
	r->words[0] = bpf_ktime_get_boot_ns();
	bpf_ringbuf_submit(r, 0);
	return 1;
}

/* All of a task that a record tells, but for the path of its executable. */
static __always_inline void tell_task(struct bpflock_record *r, struct task_struct *task)
{
	struct task_struct *parent = task->real_parent;
	struct nsproxy *nsproxy = task->nsproxy;

	r->tgid = task->tgid;
	r->pid = task->pid;
	r->ppid = parent->tgid;
	r->uid = task->cred->uid.val;
	r->pidns = nsproxy->pid_ns_for_children->ns.inum;
	r->netns = nsproxy->net_ns->ns.inum;
	r->loginuid = task->loginuid.val;
	r->session = task->sessionid;
	((__u64 *)r->comm)[0] = ((__u64 *)task->comm)[0];
	((__u64 *)r->comm)[1] = ((__u64 *)task->comm)[1];
	((__u64 *)r->pcomm)[0] = ((__u64 *)parent->comm)[0];
	((__u64 *)r->pcomm)[1] = ((__u64 *)parent->comm)[1];
}

/* So many names has the path of the bench. Each is taken as 8 bytes: no length is read, nothing is joined, cut or ended. */
#define NAMES 4

static __always_inline void tell_exe(struct bpflock_decision_record *r, struct file *file)
{
	struct dentry *d = file->f_path.dentry;
	struct inode *inode = file->f_inode;
	struct path_inline in = path_inline();

	r->exe_inode = inode->i_ino;
	r->exe_dev = inode->i_sb->s_dev;
#pragma unroll
	for (int i = 0; i < NAMES; i++) {
		((__u64 *)r->exe)[i] = path_words(d, in)[0];
		d = d->d_parent;
	}
}

SEC("?lsm_cgroup/locked_down")
int BPF_PROG(full_record, __u32 what)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct bpflock_ruleset *rules = decided(what);
	struct bpflock_decision_record *r;

	if (!rules)
		return 0;
	r = bpf_ringbuf_reserve(&floor_ring, sizeof(struct bpflock_decision_plain), 0);
	if (!r)
		return 1;
	r->head.time = bpf_ktime_get_boot_ns();
	r->head.cgroup_id = bpf_get_current_cgroup_id();
	r->reason = what;
	r->profile = rules->profile;
	tell_task(&r->head, task);
	tell_exe(r, task->mm->exe_file);
	r->head.seq = __sync_fetch_and_add(&floor_seq, 1);
	bpf_ringbuf_submit(r, 0);
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
