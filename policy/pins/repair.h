/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set that enforces and whose pins are gone or hidden (removed one by one while something else
 * holds the link, mounted over, below a bpffs that is mounted no more): found by what the kernel
 * says of its programs, and pinned anew.
 */
#pragma once

#include "attachment.h"
#include "pins.h"

/*
 * The lock that no set below bpffs has pinned, or NULL. sets: how many locks of ours the root has.
 * The answer is a row of *a, which attachments_read() has filled in.
 */
const struct attachment *repair_find(const char *bpffs, const struct attachments *a,
				     size_t *ret_sets);

/*
 * Pins all programs, links and maps of the lock's set below bpffs, and publishes them; a published
 * set that enforces nothing is replaced. The lock on the bpffs must be held. 0, or a negative
 * errno: -ENOENT if the set has no link, or parts of it are gone.
 */
int repair_pins(const char *bpffs, const struct attachment *lock);
