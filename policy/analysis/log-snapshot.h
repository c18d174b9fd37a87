/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot of the log is the input of a suggestion: the records that are left, and the paths of
 * cgroups.
 */
#pragma once

#include "pins.h"
#include "suggest.h"

/*
 * Takes into account what stands in the ring and beside it, from a copy, so that whoever reads it
 * misses nothing.
 * 0 or a negative errno.
 */
int log_snapshot_read(const struct pins *pins, struct suggest *s);
