/* SPDX-License-Identifier: GPL-2.0-only */
/* The record that a configured policy with mistakes leaves in the policy that is active in its
 * place. */
#pragma once

#include "abi.h"
#include "diagnostic.h"

/* Makes the note of the first error of d, which has one, with the present time. */
struct bpflock_refused refused_make(const struct diagnostics *d);

/*
 * Writes it into the policy in force below bpffs. The lock must be held. 0, also where nothing can
 * be written, because the set is sealed or not of this pin format, or a negative errno.
 */
int refused_note(const char *bpffs, const struct bpflock_refused *refused);
