/* SPDX-License-Identifier: GPL-2.0-only */
/* The denials that a loaded set still knows of. Looking takes nothing: whoever reads the log misses
 * none. */
#pragma once

#include "denials.h"

struct pins;

/*
 * Adds the denials of the ring, also those that were consumed and not written over yet; the records
 * beside it; and the last ones that are remembered for each process. quickly: the newest of the ring, and without those
 * that found it full. Each is in *d once, but those that were there before the call can be again. 0 or a negative errno.
 */
int denials_read(const struct pins *pins, bool quickly, struct denials *d);

/*
 * Fills in the paths of cgroups and their units, as far as the cgroups still exist, and where
 * executables are by the mounts that this process sees.
 */
void denials_read_names(struct denials *d);

/*
 * Fills an empty *d with the newest n, merged, of what can be found quickly: for answers about
 * something else. It is left empty where something fails.
 */
void denials_read_newest(const struct pins *pins, size_t n, struct denials *d);
