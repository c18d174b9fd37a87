/* SPDX-License-Identifier: GPL-2.0-only */
/* The slots that the host's parts of policies are in: the active one, and the one that it falls
 * back to. pins-policy*.c only. */
#pragma once

#include "pins.h"

/* The host's part of the policy in a slot. 0 or a negative errno; -ENOENT: the slot is empty. */
int pins_slots_read(const struct pins_slots *slots, uint32_t slot, struct bpflock_policy *ret);

/*
 * The slot that decides, and what is in both. has_fallback: a trial is under way or has ended, else
 * *fallback is unchanged. 0 or a negative errno.
 */
int pins_slots_read_both(const struct pins_slots *slots, struct bpflock_policy *active,
			 struct bpflock_policy *fallback, bool *has_fallback, uint32_t *in_force);

/* Puts a host's part into a slot, in one step. 0 or a negative errno. */
int pins_slots_write(const struct pins_slots *slots, uint32_t slot,
		     const struct bpflock_policy *host);
