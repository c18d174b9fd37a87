/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The maps that hold policies. They are weak because each object defines them alike and the linker
 * keeps one.
 *
 * Inner maps are made by user space, each of the size it needs. Templates name sizes instead of
 * types so that no BTF is attached: 6.1 wants the maps that take a slot to be like the template in
 * that as well, and user space makes those without (map_meta_equal compares timer_off).
 */
#pragma once

#include "abi.h"

/*
 * An inner map holds one policy, is read-only for programs, and is frozen before anybody sees it.
 * A change enters another map into the slot: one pointer, so a decision sees one policy or the
 * other. The old map lives until the last decision that uses it is over (RCU).
 */
struct policy_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpflock_policy));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, _BPFLOCK_SLOT_MAX);
	__type(key, __u32);
	__array(values, struct policy_map);
} policy __weak SEC(".maps");

/* BPF_F_INNER_MAP: each has as many rows as it needs. */
struct rules_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpflock_rule));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, BPFLOCK_BANKS);
	__type(key, __u32);
	__array(values, struct rules_map);
} rules __weak SEC(".maps");

/* In a sealed set a program writes these, to revoke a grant: user space cannot any more. */
#ifdef BPFLOCK_SEALED
#define REVOCABLE BPF_F_INNER_MAP
#else
#define REVOCABLE (BPF_F_RDONLY_PROG | BPF_F_INNER_MAP)
#endif

struct ends_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, REVOCABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpflock_ends));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, BPFLOCK_BANKS);
	__type(key, __u32);
	__array(values, struct ends_map);
} ends __weak SEC(".maps");

struct nodes_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(struct bpflock_node));
	__uint(value_size, sizeof(__u32));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, BPFLOCK_BANKS);
	__type(key, __u32);
	__array(values, struct nodes_map);
} nodes __weak SEC(".maps");

#ifdef BPFLOCK_SEALED
/* For tools alone: the node of each row, because the tree of a sealed set cannot be listed. */
struct paths_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG | BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpflock_node));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, BPFLOCK_BANKS);
	__type(key, __u32);
	__array(values, struct paths_map);
} paths __weak SEC(".maps");
#endif

/* For tools alone: grants as they were given. */
struct grants_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, REVOCABLE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(struct bpflock_grant));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, BPFLOCK_BANKS);
	__type(key, __u32);
	__array(values, struct grants_map);
} grants __weak SEC(".maps");
