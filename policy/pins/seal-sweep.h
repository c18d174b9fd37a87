/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps after a seal is closed, and the cleanup of an interrupted one. See seal.h. */
#pragma once

#include <stdbool.h>

/*
 * A sealed set takes the place of the published one: whatever other lock of ours there is is
 * detached, the set is published, the other's pins go. 0 or a negative errno.
 */
int seal_sweep_take_over(const char *bpffs, const char *name);

/*
 * Finishes or takes away what an interrupted seal left: a set that is sealed and not published yet
 * is published, one that is not sealed goes. Waits until the guards have lapsed, at most
 * BPFLOCK_SEAL_TIME. The lock must be held. 0, -EPERM if programs of a sealed set are attached that
 * no set here has pinned, or another negative errno.
 */
int seal_sweep_recover(const char *bpffs);

/* Returns whether seal_sweep_recover() has something to do or to tell, without doing it. */
bool seal_sweep_is_hidden(const char *bpffs);
