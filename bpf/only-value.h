/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one value of an array map. Its key is in memory that programs may only read: one on the stack takes instructions to
 * be written and found, on the way of each decision.
 */
#pragma once

#include <linux/types.h>

#include <bpf/bpf_helpers.h>

static const __u32 only_key;

static __always_inline void *only_value(void *map)
{
	return bpf_map_lookup_elem(map, &only_key);
}
