/* SPDX-License-Identifier: GPL-2.0-only */
/* An event of the ring as a recorded decision, as if bpflock-log had printed it. */
#pragma once

#include "decode.h"
#include "recorded.h"

/*
 * Fills in a record. path: of the cgroup of the task, NULL if it is not known. ops, host_netns: of the
 * kernel that the event is from, as the stamp has them.
 */
void recorded_of_event(struct recorded *r, const struct event *e, const char *path,
		       const struct bpflock_operation ops[BPFLOCK_REASONS], uint32_t host_netns);
