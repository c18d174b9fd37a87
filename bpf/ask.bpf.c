// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program ask is run by user space to read a sealed set, because nobody gets an fd of its maps.
 * It changes nothing; an answer goes into the context that it is run with, and so back to the
 * caller.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "references.h"

/* Word by word: the verifier wants each place in the context to be a constant. */
#define COPY(to, from)                                                                       \
	do {                                                                                 \
		const volatile __u64 *source = (const volatile __u64 *)(from);               \
		__u64 *target = (__u64 *)(to);                                               \
                                                                                             \
		_Pragma("unroll") for (__u32 word = 0; word < sizeof(*(to)) / sizeof(__u64); \
				       word++) target[word] = source[word];                  \
	} while (0)

#define ROWS(q, outer, rows)                                                          \
	do {                                                                          \
		__u32 bank = (q)->bank, row = (q)->index;                             \
		void *inner = bpf_map_lookup_elem(&(outer), &bank), *from;            \
                                                                                      \
		if (!inner)                                                           \
			return -ENOENT;                                               \
		_Pragma("unroll") for (__u32 i = 0; i < BPFLOCK_ASK_ROWS; i++, row++) \
		{                                                                     \
			from = bpf_map_lookup_elem(inner, &row);                      \
			if (!from)                                                    \
				break;                                                \
			COPY(&(q)->answer.rows[i], from);                             \
			(q)->n = i + 1;                                               \
		}                                                                     \
	} while (0)

struct sum {
	struct bpflock_counters total;
	__u32 index;
};

static long add_cpu(__u32 cpu, void *context)
{
	struct sum *s = context;
	struct bpflock_counters *c = bpf_map_lookup_percpu_elem(&counters, &s->index, cpu);

	if (!c)
		return 1; /* there are no more */
	for (__u32 v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		s->total.verdicts[v] += c->verdicts[v];
	s->total.emitted += c->emitted;
	s->total.coalesced += c->coalesced;
	s->total.dropped += c->dropped;
	s->total.unlogged += c->unlogged;
	s->total.proofs += c->proofs;
	return 0;
}

#define CPUS_MAX 8192

static __always_inline int ask_counters(struct bpflock_question *q)
{
	struct sum s = { .index = q->index };

	if (s.index >= BPFLOCK_COUNTERS_MAX)
		return -ENOENT;
	bpf_loop(CPUS_MAX, add_cpu, &s, 0);
	COPY(&q->answer.counters, &s.total);
	q->n = 1;
	return 0;
}

/* A search among slots: from where on, and what was found. */
struct search_slots {
	__u32 from;
	__u32 all; /* also where no repetitions wait, and none can come */
	__u32 found; /* 1 + its index; 0: none */
	__u64 now;
};

static long find_recent(__u32 i, void *context)
{
	struct search_slots *s = context;
	__u32 index = s->from + i;
	struct bpflock_recent *slot = bpf_map_lookup_elem(&recent, &index);

	if (!slot)
		return 1;
	if (!slot->record.head.size || (!slot->pending && slot->until <= s->now && !s->all))
		return 0;
	s->found = index + 1;
	return 1;
}

static long find_kept(__u32 i, void *context)
{
	struct search_slots *s = context;
	__u32 index = s->from + i;
	struct bpflock_kept *slot = bpf_map_lookup_elem(&kept, &index);

	if (!slot)
		return 1;
	if (!slot->busy && !slot->record.head.size)
		return 0;
	s->found = index + 1;
	return 1;
}

/* The next slot becomes the answer's i-th. False: there are no more. */
static __always_inline bool answer_recent(struct bpflock_question *q, struct search_slots *s,
					  const __u32 i)
{
	struct bpflock_recent *slot;
	__u32 index;

	s->found = 0;
	bpf_loop(BPFLOCK_RECENT, find_recent, s, 0);
	index = s->found - 1;
	slot = s->found ? bpf_map_lookup_elem(&recent, &index) : NULL;
	if (!slot)
		return false;
	s->from = s->found;
	q->answer.recent.index[i] = index;
	q->answer.recent.slots[i].busy = 1;
	if (try_lock(&slot->busy)) {
		COPY(&q->answer.recent.slots[i], slot);
		unlock(&slot->busy);
		q->answer.recent.slots[i].busy = 0;
	}
	q->n = i + 1;
	return true;
}

/*
 * Many at once, because running a program costs more than copying a slot. In a function of its own the compiler does not
 * share an address inside the context with other answers, which the verifier would refuse.
 */
static __noinline int ask_recent(struct bpflock_question *q, bool all)
{
	struct search_slots s = { .from = q->index, .all = all, .now = bpf_ktime_get_boot_ns() };

	_Pragma("unroll") for (__u32 i = 0; i < BPFLOCK_ASK_SLOTS; i++)
	{
		if (!answer_recent(q, &s, i))
			break;
	}
	q->index = s.from;
	return 0;
}

/* A slot that is being written is none for now: its record has a later number. */
static __always_inline int ask_kept(struct bpflock_question *q)
{
	struct search_slots s = { .from = q->index };
	struct bpflock_kept *slot;
	__u32 index;

	bpf_loop(BPFLOCK_KEPT_MAX, find_kept, &s, 0);
	index = s.found - 1;
	slot = s.found ? bpf_map_lookup_elem(&kept, &index) : NULL;
	if (!slot)
		return -ENOENT;
	q->index = s.found;
	if (!try_lock(&slot->busy))
		return 0;
	COPY(&q->answer.kept, slot);
	unlock(&slot->busy);
	q->answer.kept.busy = 0;
	q->n = 1;
	return 0;
}

static __always_inline int ask_policy(struct bpflock_question *q)
{
	__u32 slot = q->index;
	void *inner = bpf_map_lookup_elem(&policy, &slot);
	struct bpflock_policy *p = inner ? only_value(inner) : NULL;

	if (!p)
		return -ENOENT;
	COPY(&q->answer.policy, p);
	q->n = 1;
	return 0;
}

static __always_inline int ask_ends(struct bpflock_question *q)
{
	__u32 bank = q->bank, row = q->index;
	void *inner = bpf_map_lookup_elem(&ends, &bank);
	struct bpflock_ends *e = inner ? bpf_map_lookup_elem(inner, &row) : NULL;

	if (!e)
		return -ENOENT;
	COPY(&q->answer.ends, e);
	q->n = 1;
	return 0;
}

#define REFERENCES(index, map)                          \
	{                                               \
		struct bpflock_references r = {};       \
                                                        \
		look_at((struct bpf_map *)(map), &r);   \
		COPY(&q->answer.references[index], &r); \
	}

static __always_inline int ask_references(struct bpflock_question *q)
{
	EACH_KEPT_MAP(REFERENCES)
	q->n = _BPFLOCK_MAP_MAX;
	return 0;
}

/* The one value of a map. */
#define VALUE(q, map, member)                                     \
	do {                                      \
		void *value = only_value(&(map)); \
                                                  \
		if (!value)                       \
			return -ENOENT;           \
		COPY(&(q)->answer.member, value); \
		(q)->n = 1;                       \
	} while (0)

SEC("syscall")
int ask(ONLY(struct bpflock_question, only))
{
	struct bpflock_question *q = *only;
	__u32 none = 0;

	q->n = none;
	switch (q->what) {
	case BPFLOCK_ASK_SEAL:
		VALUE(q, seal, seal);
		return 0;
	case BPFLOCK_ASK_STAMP:
		VALUE(q, stamp, stamp);
		return 0;
	case BPFLOCK_ASK_LATCH:
		VALUE(q, latch_map, latch);
		return 0;
	case BPFLOCK_ASK_LOG_STATE:
		VALUE(q, log_state, log_state);
		return 0;
	case BPFLOCK_ASK_POLICY:
		return ask_policy(q);
	case BPFLOCK_ASK_RULES:
		ROWS(q, rules, rules);
		return 0;
	case BPFLOCK_ASK_PATHS:
		ROWS(q, paths, paths);
		return 0;
	case BPFLOCK_ASK_GRANTS:
		ROWS(q, grants, grants);
		return 0;
	case BPFLOCK_ASK_ENDS:
		return ask_ends(q);
	case BPFLOCK_ASK_COUNTERS:
		return ask_counters(q);
	case BPFLOCK_ASK_RECENT:
		return ask_recent(q, false);
	case BPFLOCK_ASK_LAST:
		return ask_recent(q, true);
	case BPFLOCK_ASK_KEPT:
		return ask_kept(q);
	case BPFLOCK_ASK_REFERENCES:
		return ask_references(q);
	}
	return -EINVAL;
}

char LICENSE[] SEC("license") = "GPL";
