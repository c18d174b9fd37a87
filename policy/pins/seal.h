/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The seal: until reboot, what is loaded cannot be ended, and its policy can only become tighter. A
 * set of programs and maps under reserved names takes the place of the loaded one, behind guards.
 * See bpf/guards.bpf.c for what they refuse, and bpf/seal.bpf.c for how it is closed.
 */
#pragma once

#include <stddef.h>

#include "pins.h"
#include "seal-look.h"

#define SEAL_TEXT_LEN 256

/* seal_look_read() of a set that is open, and whether all of it holds; why[SEAL_WHY_LEN] is "" if
 * it does.
 */
int seal_check(const struct pins *p, enum seal_state *ret_state, struct bpflock_seal *ret_seal,
	       char *why);

/* "until reboot, since 2026-11-24T10:00:00Z by uid 0 (/etc/bpflock/bpflock.conf:3)". */
void seal_describe(const struct bpflock_seal *s, char ret_text[SEAL_TEXT_LEN]);

/* Why a policy should not be sealed as it is ("its mode is audit ..."), or NULL. latched:
 * operations. */
const char *seal_doubt(const struct policy *p, uint64_t latched);

/*
 * Seals the set p below bpffs, which must be published, whole, attached and proven; the lock must
 * be held. source: who asks for it. Killed on the way, p decides as before or the sealed set does,
 * and seal_sweep_recover() does the rest. 0, or a negative errno with error[len] saying what failed
 * and why: -EBUSY if somebody holds what has to be out of reach, -ENOTRECOVERABLE if it is sealed
 * all the same.
 */
int seal_apply(const char *bpffs, const struct pins *p, const char *source, char *error,
	       size_t len);
