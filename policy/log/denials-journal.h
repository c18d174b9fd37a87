/* SPDX-License-Identifier: GPL-2.0-only */
/* The denials that bpflock-log.service has written into the journal since boot. */
#pragma once

#include "denials.h"

/*
 * Adds the newest entries, at most so many, as journalctl(1) reads them: it is no dependency, and
 * does without what its library would add to a program with all of root's power. 0, or a negative
 * errno: -ENOENT if systemd does not run here, -EIO if journalctl fails or is not there, -ETIMEDOUT
 * or -EFBIG beyond what a look may cost.
 */
int denials_journal_read(const struct bpflock_operation ops[BPFLOCK_REASONS], unsigned int entries,
			 struct denials *d);

/*
 * Adds those of text[len], which has the format that `journalctl -o export` writes. Entries that do
 * not say all that a denial has are left out. 0 or -ENOMEM. Pure.
 */
int denials_journal_parse(const char *text, size_t len,
			  const struct bpflock_operation ops[BPFLOCK_REASONS], struct denials *d);
