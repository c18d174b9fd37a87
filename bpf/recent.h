/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decisions on their way to a record: repeated ones are counted and carried by the next, and what
 * finds the ring full may be kept beside it. Nothing is ever lost without a count:
 *
 *	a repetition is counted as coalesced, and waits in its slot until a record has carried it;
 *	a record beside the ring is counted as emitted, and as dropped once another replaces it.
 *
 * Counters follow from what stands in both maps, so programs alone write these: a reader, who need
 *not be root, has the program consume do it.
 */
#pragma once

#include "decide.h"
#include "log.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BPFLOCK_RECENT);
	__type(key, __u32);
	__type(value, struct bpflock_recent);
} recent __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BPFLOCK_KEPT_MAX); /* the loader has as many as the kernel has reasons */
	__type(key, __u32);
	__type(value, struct bpflock_kept);
} kept __weak SEC(".maps");

/* Nobody waits: an LSM program may have been preempted by the one that finds the lock taken. */
static __always_inline bool try_lock(__u64 *busy)
{
	return __sync_lock_test_and_set(busy, 1) == 0;
}

static __always_inline void unlock(__u64 *busy)
{
	__sync_lock_test_and_set(busy,
				 0); /* an exchange orders; a plain store would not on arm64 */
}

#define AS_PLAIN(record) ((struct bpflock_decision_plain(*)[1])(record))

static __always_inline enum bpflock_class class_of(__u32 verdict, __u32 by)
{
	if (by)
		return BPFLOCK_CLASS_OTHERS;
	return verdict == BPFLOCK_VERDICT_ALLOW ? BPFLOCK_CLASS_ALLOWED : BPFLOCK_CLASS_DENIED;
}

/*
 * Room in the ring, charged, or NULL, and no number is to be taken. A macro, because the size must
 * be a constant.
 */
#define put_begin(state, verdict, by, size)                                  \
	({                                                                   \
		enum bpflock_class class = class_of(verdict, by);            \
		void *room = NULL;                                           \
                                                                             \
		if (!over_budget_of(state, class, BPFLOCK_RING_BYTES(size))) \
			room = bpf_ringbuf_reserve(&ring, size, 0);          \
		if (room)                                                    \
			charge_to(state, class, BPFLOCK_RING_BYTES(size));   \
		room;                                                        \
	})

/*
 * Puts a copy that stands for n decisions into the ring; false, and no number taken, if it is full.
 * Global, so that the verifier looks at it once, whoever calls it.
 */
__weak __noinline int put(ONLY(struct bpflock_decision_record, only), __u32 n)
{
	struct bpflock_log_state *state = state_of_log();
	struct bpflock_decision_record *record = *only, *r;

	if (!only || !state)
		return false;
	if (record->head.size == sizeof(*r)) {
		r = put_begin(state, record->verdict, record->by, sizeof(*r));
		if (!r)
			return false;
		*r = *record;
	} else {
		r = put_begin(state, record->verdict, record->by,
			      sizeof(struct bpflock_decision_plain));
		if (!r)
			return false;
		*AS_PLAIN(r)[0] = *AS_PLAIN(record)[0];
	}
	r->head.seq = next_seq_of(state);
	r->head.count = n;
	bpf_ringbuf_submit(r, wake_flags_of(state));
	return true;
}

/*
 * A slot beside the full ring, locked, in place of an older record of its kind. NULL if there is
 * none, and a number is taken for what is dropped.
 */
static __always_inline struct bpflock_kept *keep_begin(__u32 reason, __u32 verdict, __u32 by,
						       struct bpflock_counters *c)
{
	struct bpflock_kept *slot;
	__u32 index, first;

	if (verdict >= _BPFLOCK_VERDICT_MAX || by >= _BPFLOCK_BY_MAX)
		return NULL;
	first = BPFLOCK_KEPT_INDEX(0, BPFLOCK_KIND(verdict, by)) +
		c->verdicts[verdict] % BPFLOCK_KEPT;
	index = BPFLOCK_KEPT_INDEX(bpflock_slot(reason), 0) + first;
	slot = bpf_map_lookup_elem(&kept, &index);
	/* there are slots for the kernel's reasons; ours has those of none */
	if (!slot)
		slot = bpf_map_lookup_elem(&kept, &first);
	if (!slot || !try_lock(&slot->busy)) {
		next_seq();
		return NULL;
	}
	if (slot->record.head.size && !slot->claimed) {
		uncount(&c->emitted);
		count(&c->dropped);
	}
	slot->claimed = 0;
	return slot;
}

/* The record is there; the slot is unlocked. */
static __always_inline void keep_end(struct bpflock_kept *slot, struct bpflock_counters *c)
{
	/* under the lock: whoever knows the number and gets the lock finds the record */
	slot->record.head.seq = next_seq();
	/* the next who takes its place takes it back */
	count(&c->emitted);
	unlock(&slot->busy);
}

/* A copy beside the full ring. Whether it could be kept, and is counted. */
static __always_inline bool keep(const struct bpflock_decision_record *record,
				 struct bpflock_counters *c)
{
	struct bpflock_kept *slot = keep_begin(record->reason, record->verdict, record->by, c);

	if (!slot)
		return false;
	slot->record = *record;
	keep_end(slot, c);
	return true;
}

/*
 * A record for the repetitions alone: one of them becomes the decision that it is about. The slot
 * is locked. False if the ring is full; they go on waiting.
 */
static __always_inline bool carry_pending(struct bpflock_recent *slot)
{
	struct bpflock_decision_record *r = &slot->record;
	struct bpflock_counters *c;

	if (!slot->pending)
		return true;
	c = counters_of(BPFLOCK_COUNTERS_OF(r->by, bpflock_slot(r->reason)));
	r->head.time = slot->last;
	if (!c || !put(AS_ONLY(r), slot->pending))
		return false;
	slot->pending = 0;
	uncount(&c->coalesced);
	count(&c->emitted);
	return true;
}
