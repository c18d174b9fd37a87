/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done once a seal is closed, and what an interrupted one left behind. See seal.h. */
#pragma once

/*
 * A sealed set takes the place of the published one: whatever other lock of ours there is is
 * detached, the set is published, the other's pins go. 0 or a negative errno.
 */
int seal_sweep_take_over(const char *bpffs, const char *name);
