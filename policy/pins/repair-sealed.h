/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of a repair that a sealed set takes, whose maps nobody can open. */
#pragma once

#include <stdint.h>

/*
 * The pins of a sealed set's programs, ring and reader's map, below a new set's directory; lock_id:
 * its lock's program. 0, or a negative errno: -ENOENT if the program that answers for the maps is
 * gone.
 */
int repair_sealed_pin(uint32_t lock_id, const char *set);
