/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Refusals that are on their way from who gave them to the caller of security_locked_down(). The thread notes each, and
 * takes it back at the end of that function, wherever it runs by then: a refusal without a note is somebody else's.
 *
 * A note is left behind if the kernel skips the program at the end (recursion_misses), because it had preempted itself on
 * that CPU. It can do no harm but to the thread's next refusal of the same operation, and the oldest note makes room for a new one.
 */
#pragma once

#include "log.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(map_flags, BPF_F_NO_COMMON_LRU); /* those of one CPU never evict those of another */
	__uint(max_entries, BPFLOCK_REFUSING_MAX); /* the loader has as many for each CPU */
	__type(key, __u32); /* the thread's id in the initial pid namespace */
	__type(value, struct bpflock_refusing);
} refusing __weak SEC(".maps");

/* With refusals by others as a class in the ring, the programs that look for them are there. */
static __always_inline bool refusing_is_watched(void)
{
	return budgets[BPFLOCK_CLASS_OTHERS] != 0;
}

static __always_inline void refusing_note(__u32 reason, enum bpflock_by by)
{
	struct bpflock_refusing r = { .reason = reason, .by = by };
	__u32 thread = bpf_get_current_pid_tgid();

	if (refusing_is_watched())
		bpf_map_update_elem(&refusing, &thread, &r, BPF_ANY);
}

/* Returns who has refused what this thread has asked (enum bpflock_by), and ends the note. */
static __always_inline __u32 refusing_take(__u32 reason)
{
	__u32 thread = bpf_get_current_pid_tgid(), by = BPFLOCK_BY_OTHER;
	struct bpflock_refusing *r = bpf_map_lookup_elem(&refusing, &thread);

	if (!r)
		return by;
	if (r->reason == reason)
		by = r->by;
	bpf_map_delete_elem(&refusing, &thread);
	return by;
}
