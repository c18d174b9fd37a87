/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Refusals that are on their way from who gave them to the caller of security_locked_down(). The
 * thread notes each, and takes it back at the end of that function, wherever it runs by then: a
 * refusal without a note is somebody else's.
 *
 * A note stands in its CPU's slot, where the thread nearly always finds it. A thread that finds the
 * slot taken by another one, which it has preempted, puts that one's note into the map refusing
 * first. So a thread that was moved finds its own where it was or in that map, in this order.
 *
 * A note is left behind if the kernel skips the program at the end (recursion_misses), because it
 * had preempted itself on that CPU. It can do no harm but to the thread's next refusal of the same
 * operation, and the oldest note makes room for a new one.
 */
#pragma once

#include "log.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(map_flags, BPF_F_NO_COMMON_LRU); /* those of one CPU never evict those of another */
	__uint(max_entries, BPFLOCK_REFUSING_MAX); /* the loader has as many for each CPU */
	__type(key, __u32);   /* the thread's id in the initial pid namespace */
	__type(value, __u64); /* a note */
} refusing __weak SEC(".maps");

/* With refusals by others as a class in the ring, the programs that look for them are there. */
static __always_inline bool refusing_is_watched(void)
{
	return budgets[BPFLOCK_CLASS_OTHERS] != 0;
}

/* One word, so that it is put and taken at once; never 0. */
static __always_inline __u64 refusing_word(__u32 thread, __u32 reason, enum bpflock_by by)
{
	return (__u64)thread << 32 | (reason & 0xffff) << 8 | 0x80 | by;
}

static __always_inline __u32 refusing_thread(__u64 note)
{
	return note >> 32;
}

/*
 * The loader sets this where the numbers of possible CPUs have no gap: the kernel does not check
 * that a CPU is possible when one looks at its slot. Without it all notes are in the map.
 */
const volatile bool refusing_in_slots __weak;

/* The slot is no counter, but has the room of some. NULL: notes are in the map alone. */
static __always_inline volatile __u64 *refusing_slot(struct bpflock_counters *c)
{
	return c && refusing_in_slots ? &c->verdicts[0] : NULL;
}

static __noinline void refusing_displace(volatile __u64 *slot, __u64 old, __u64 note)
{
	__u32 thread = refusing_thread(old);

	if (!slot)
		return;
	bpf_map_update_elem(&refusing, &thread, &old, BPF_ANY);
	if (__sync_val_compare_and_swap(slot, old, note) == old)
		return;
	thread = refusing_thread(note);
	bpf_map_update_elem(&refusing, &thread, &note, BPF_ANY);
}

static __always_inline void refusing_note(__u32 reason, enum bpflock_by by)
{
	__u32 thread = bpf_get_current_pid_tgid();
	__u64 note = refusing_word(thread, reason, by), old;
	volatile __u64 *slot;

	if (!refusing_is_watched())
		return;
	slot = refusing_slot(counters_of(BPFLOCK_COUNTERS_REFUSING));
	if (!slot) {
		bpf_map_update_elem(&refusing, &thread, &note, BPF_ANY);
		return;
	}
	old = *slot;
	/* one of its own is left from before */
	if ((old && refusing_thread(old) != thread) ||
	    __sync_val_compare_and_swap(slot, old, note) != old)
		refusing_displace(slot, old, note);
}

struct refusing_search {
	__u32 thread;
	__u64 note; /* 0: it is nowhere */
};

static __always_inline bool refusing_take_from(volatile __u64 *slot, struct refusing_search *s)
{
	__u64 note = *slot;

	if (!note || refusing_thread(note) != s->thread ||
	    __sync_val_compare_and_swap(slot, note, 0) != note)
		return false;
	s->note = note;
	return true;
}

static long refusing_look_on(__u32 cpu, struct refusing_search *s)
{
	__u32 index = BPFLOCK_COUNTERS_REFUSING;
	volatile __u64 *slot = refusing_slot(bpf_map_lookup_percpu_elem(&counters, &index, cpu));

	return !slot || refusing_take_from(slot, s);
}

#define REFUSING_CPUS_MAX 8192

static __noinline __u64 refusing_take_elsewhere(__u32 thread)
{
	struct refusing_search s = { .thread = thread };
	__u64 *moved;

	if (refusing_in_slots)
		bpf_loop(REFUSING_CPUS_MAX, refusing_look_on, &s, 0);
	if (s.note)
		return s.note;
	moved = bpf_map_lookup_elem(&refusing, &thread);
	if (!moved)
		return 0;
	s.note = *moved;
	bpf_map_delete_elem(&refusing, &thread);
	return s.note;
}

/* Returns who has refused what this thread has asked (enum bpflock_by), and ends the note. */
static __always_inline __u32 refusing_take(__u32 reason)
{
	struct refusing_search s = { .thread = bpf_get_current_pid_tgid() };
	volatile __u64 *slot = refusing_slot(counters_of(BPFLOCK_COUNTERS_REFUSING));
	__u32 by;

	if (!slot || !refusing_take_from(slot, &s))
		s.note = refusing_take_elsewhere(s.thread);
	by = s.note & 0x7f;
	return s.note == refusing_word(s.thread, reason, by) ? by : BPFLOCK_BY_OTHER;
}
