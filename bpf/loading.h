/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file that each thread loads a module from, so that the question about its signature, which comes later in the
 * same call and has no argument, can be logged with it. The thread notes the file, or that there is none, at the
 * beginning of each load, and nothing ends a note but the next: it is always that of the thread's last load. A thread that gets the
 * id of another begins with a load of its own too.
 *
 * Not pinned: another set of programs begins with nothing.
 */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_helpers.h>

#include "abi.h"
#include "kernel.h"
#include "path.h"

struct loading {
	char path[BPFLOCK_OBJECT_LEN];
	__u8 len;
	__u8 flags; /* BPFLOCK_PATH_*; 0: the module has no file */
	__u8 reserved[6];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(map_flags, BPF_F_NO_COMMON_LRU); /* those of one CPU never evict those of another */
	__uint(max_entries, BPFLOCK_LOADING_MAX); /* the loader has as many for each CPU */
	__type(key, __u32); /* the thread's id in the initial pid namespace */
	__type(value, struct loading);
} loading __weak SEC(".maps");

static __always_inline struct loading *loading_of_thread(void)
{
	__u32 thread = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&loading, &thread);
}

/* In place, which unlike an exchange of the whole value cannot fail and leave the old one. */
static __always_inline void loading_note_file(struct dentry *dentry)
{
	__u32 thread = bpf_get_current_pid_tgid();
	struct loading *l = loading_of_thread();

	if (!l) {
		struct loading none = {};

		bpf_map_update_elem(&loading, &thread, &none, BPF_ANY);
		l = loading_of_thread();
	}
	if (l)
		l->flags = BPFLOCK_PATH_REVERSED |
			   path_write(dentry, l->path, sizeof(l->path), &l->len);
}

static __always_inline void loading_note_no_file(void)
{
	struct loading *l = loading_of_thread();

	if (l)
		l->flags = 0;
}

/* Returns the file of the module that the thread loads; NULL: it has none, or is not known. */
static __always_inline struct loading *loading_from(void)
{
	struct loading *l = loading_of_thread();

	return l && l->flags ? l : NULL;
}
