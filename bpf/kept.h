/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two changes that a reader makes to a record beside the ring. Compiled into the program
 * consume, which has locked the slot, and into host unit tests.
 */
#pragma once

#include "abi.h"

static inline int bpflock_kept_is_wanted(const struct bpflock_kept *slot, __u64 first, __u64 last)
{
	const struct bpflock_record *head = &slot->record.head;

	return head->size && head->seq >= first && head->seq <= last;
}

/* Fills in what->record, if the slot's is wanted. */
static inline int bpflock_kept_claim(struct bpflock_kept *slot, struct bpflock_consume *what)
{
	if (!bpflock_kept_is_wanted(slot, what->first, what->last))
		return BPFLOCK_CONSUME_NOTHING;
	slot->claimed = 1;
	what->record = slot->record;
	return BPFLOCK_CONSUME_DONE;
}

/* Empties the slot, if it holds that record still. */
static inline int bpflock_kept_release(struct bpflock_kept *slot,
				       const struct bpflock_consume *what)
{
	if (!bpflock_kept_is_wanted(slot, what->first, what->last))
		return BPFLOCK_CONSUME_NOTHING;
	slot->record.head.size = 0;
	slot->claimed = 0;
	return BPFLOCK_CONSUME_DONE;
}
