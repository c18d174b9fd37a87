/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of what was tried against a seal. They have room of their own in the ring, and a user's
 * further tries of the same kind are only counted for a while: whoever tries a million times
 * pushes no decision out.
 */
#pragma once

#include "recent.h"
#include "seal-state.h"

#define TAMPER_SLOTS  64	     /* a power of two */
#define TAMPER_WINDOW 10000000000ULL /* ns */

struct tamper {
	__u64 busy;
	__u64 until; /* CLOCK_BOOTTIME, ns */
	__u32 uid;
	__u32 what;
	__u32 pending;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TAMPER_SLOTS);
	__type(key, __u32);
	__type(value, struct tamper);
} tampers __weak SEC(".maps");

/* The record of an attempt says what was tried. */
struct attempt {
	__u64 name; /* the kernel's address of a string; 0: there is none */
	__u32 id;
	__u32 what; /* enum bpflock_tamper */
};

/* Returns whether a record was written to the ring. */
static __always_inline bool put_attempt(const struct attempt *a, __u32 n)
{
	const __u32 size = BPFLOCK_RING_BYTES(sizeof(struct bpflock_tamper_record));
	static const char format[] = "%s";
	struct bpflock_tamper_record *r;
	__u64 args[1];

	r = over_budget(BPFLOCK_CLASS_TAMPER, size) ? NULL
						    : bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	if (!r)
		return false;
	charge(BPFLOCK_CLASS_TAMPER, size);
	record_begin(AS_ONLY(&r->head), sizeof(*r), BPFLOCK_EVENT_TAMPER, bpf_ktime_get_boot_ns());
	r->head.generation = 0;
	r->head.retval = -EPERM;
	r->head.count = n;
	r->attempt = a->what;
	r->reserved = 0;
	r->id = a->id;
	__builtin_memset(r->object, 0, sizeof(r->object));
	args[0] = a->name;
	if (a->name)
		bpf_snprintf(r->object, sizeof(r->object), format, args, sizeof(args));
	r->object[sizeof(r->object) - 1] = '\0';
	r->head.seq = next_seq();
	bpf_ringbuf_submit(r, wake_flags());
	return true;
}

/* The slot is locked. */
static __always_inline void put_or_coalesce(struct tamper *slot, const struct attempt *a, __u32 uid,
					    struct bpflock_counters *c)
{
	__u64 now = bpf_ktime_get_boot_ns();
	bool same = slot->uid == uid && slot->what == a->what;

	if (same && now < slot->until) {
		slot->pending++;
		count(&c->coalesced);
		return;
	}
	if (!put_attempt(a, same ? slot->pending + 1 : 1)) {
		next_seq();
		count(&c->dropped);
		return;
	}
	count(&c->emitted);
	slot->uid = uid;
	slot->what = a->what;
	slot->pending = 0;
	slot->until = now + TAMPER_WINDOW;
}

/* Global, so that the verifier looks at it once. */
__weak __noinline int report_attempt(ONLY(struct attempt, only))
{
	struct attempt *a = *only;
	struct bpflock_counters *c;
	struct tamper *slot;
	__u32 uid = 0, index;

	if (!only)
		return 0;
	find_uid(AS_ONLY(&uid));
	c = counters_of(uid ? BPFLOCK_COUNTERS_TAMPER_OTHERS : BPFLOCK_COUNTERS_TAMPER);
	index = ((uid * _BPFLOCK_TAMPER_MAX + a->what) * 0x9e3779b1U) >>
		(32 - __builtin_ctz(TAMPER_SLOTS));
	slot = bpf_map_lookup_elem(&tampers, &index);
	if (!c || !slot)
		return 0;
	count(&c->verdicts[BPFLOCK_VERDICT_DENY]);
	if (!try_lock(&slot->busy)) {
		count(&c->coalesced);
		return 0;
	}
	put_or_coalesce(slot, a, uid, c);
	unlock(&slot->busy);
	return 0;
}
