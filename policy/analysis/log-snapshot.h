/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot of the log is the input of what looks at past decisions: the records that are left, and
 * the paths of cgroups.
 */
#pragma once

#include "decode.h"
#include "pins.h"

/*
 * Takes an event of the log. path: of the cgroup of the task, rule_path: of the one whose rule set
 * decided; NULL if it is gone. Returns 0, or a negative errno, which ends the reading.
 */
typedef int (*log_snapshot_fn)(void *arg, const struct event *e, const char *path,
			       const char *rule_path);

/*
 * Hands over what stands in the ring and beside it, from a copy, so that whoever reads it misses
 * nothing. 0 or a negative errno.
 */
int log_snapshot_read(const struct pins *pins, log_snapshot_fn fn, void *arg);
