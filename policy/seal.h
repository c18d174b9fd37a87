/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seal of a set of pins: guards in the kernel that refuse, until reboot, to anybody, what would
 * end or bend its enforcement. See bpf/seal.bpf.c for what they guard.
 */
#pragma once

#include <stddef.h>

#include "pins.h"

#define SEAL_TEXT_LEN 256

/* "no", "pins", "objects"; NULL out of range. */
const char *seal_level_name(uint32_t level);

/*
 * Reads a set's seal; its level is BPFLOCK_SEAL_NONE if there is none in force. *ret_whole: not if
 * sealing was interrupted after it came into force, so that seal_apply() has something left to do.
 * 0 or a negative errno.
 */
int seal_read(const char *set_path, struct bpflock_seal *ret_seal, bool *ret_whole);

/* "objects, until reboot, since 2026-11-24T10:00:00Z by uid 0 (/etc/bpflock/bpflock.conf:3)". */
void seal_describe(const struct bpflock_seal *s, char ret_text[SEAL_TEXT_LEN]);

/*
 * Seals the set, which must be whole, attached and proven; the lock must be held. source: who asks for
 * it. Killed on the way, either nothing is sealed and the next call begins anew, or the guards are in
 * force and the next call does the rest. 0, -EALREADY if a whole seal is in force (whatever its
 * level: it cannot be raised), or another negative errno; error[len] says what failed and why, and
 * whether it is sealed all the same.
 */
int seal_apply(struct pins *p, enum bpflock_seal_level level, const char *source, char *error,
	       size_t len);
