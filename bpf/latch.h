/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The latch: what is denied to everybody, whatever rules, grants, trials and audit mode say. It
 * only grows, for as long as the set is loaded.
 */
#pragma once

#include <bpf/bpf_helpers.h>

#include "abi.h"
#include "only-value.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpflock_latch);
} latch_map __weak SEC(".maps");

/* Operations that no program of this set refuses: to latch them would promise what is not kept. */
const volatile __u64 not_latched __weak;

static __always_inline struct bpflock_latch *latch_state(void)
{
	return only_value(&latch_map);
}

static __always_inline __u64 latched_operations(void)
{
	const struct bpflock_latch *l = latch_state();

	return l ? *(const volatile __u64 *)&l->operations : 0;
}
