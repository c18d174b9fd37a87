// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules for cgroups that do not exist yet: each new cgroup v2 that a rule names is entered under its
 * id before anybody can be moved into it, and each that goes is forgotten, by the tracepoints
 * cgroup_mkdir and cgroup_rmdir. All banks are served, the one being filled included, so no cgroup
 * slips through a change of policy.
 *
 * kernel/cgroup/cgroup.c calls both tracepoints under cgroup_mutex, mkdir before the directory
 * becomes visible (kernfs_activate() comes after), rmdir after the cgroup is off its parent.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "kernel.h"
#include "policy.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpflock_watch_state);
} watch_state SEC(".maps");

static __always_inline void failed(void)
{
	struct bpflock_watch_state *state;
	__u32 zero = 0;

	state = bpf_map_lookup_elem(&watch_state, &zero);
	if (state)
		__sync_fetch_and_add(&state->failed, 1);
}

/* Enters a new cgroup into a bank if one of its rules is for it or for what may come below it. */
static __always_inline void enter(__u32 bank, __u64 parent, __u64 id, struct bpflock_node *node,
				  bool named)
{
	void *live_ids = bpf_map_lookup_elem(&live, &bank);
	void *tree = bpf_map_lookup_elem(&nodes, &bank);
	__u32 *row;

	if (!live_ids || !tree)
		return;
	row = bpf_map_lookup_elem(live_ids, &parent);
	if (!row)
		return;
	if (!named) { /* the kernel's few buffers were all in use */
		failed();
		return;
	}
	node->parent = *row;
	row = bpf_map_lookup_elem(tree, node);
	if (row && bpf_map_update_elem(live_ids, &id, row, BPF_ANY) < 0)
		failed();
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(cgroup_mkdir, struct cgroup *cgrp, const char *path)
{
	struct cgroup_subsys_state *parent = cgrp->self.parent;
	const struct kernfs_node *kn = cgrp->kn;
	struct bpflock_node node = {};
	const char *name = kn->name;
	static const char format[] = "%s";
	__u64 id, parent_id;
	bool named;

	if (cgrp->root->hierarchy_id != 0 || !parent)
		return 0;
	id = kn->id;
	parent_id = parent->cgroup->kn->id;
	/* not a probe_read helper, which may be denied when this program is loaded again */
	named = bpf_snprintf(node.name, sizeof(node.name), format, (__u64 *)&name, sizeof(name)) > 0;
	for (__u32 bank = 0; bank < BPFLOCK_BANKS; bank++)
		enter(bank, parent_id, id, &node, named);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(cgroup_rmdir, struct cgroup *cgrp, const char *path)
{
	__u64 id = cgrp->kn->id;

	if (cgrp->root->hierarchy_id != 0)
		return 0;
	for (__u32 bank = 0; bank < BPFLOCK_BANKS; bank++) {
		__u32 key = bank;
		void *live_ids = bpf_map_lookup_elem(&live, &key);

		if (live_ids)
			bpf_map_delete_elem(live_ids, &id);
	}
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
