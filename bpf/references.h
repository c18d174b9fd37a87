/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The references of each map of a sealed set are counted here. A program may read that of the maps
 * it names and of those it finds in them; the constants of the programs are in a map of maps for
 * this alone.
 */
#pragma once

#include "ruling-cache.h"
#include "latch.h"
#include "loading.h"
#include "policy-maps.h"
#include "refusing.h"
#include "tampers.h"

struct rodata_template {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u64)); /* the sealer has it as large as what goes in there */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rodata_template);
} rodata __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpflock_stamp);
} stamp __weak SEC(".maps");

/* The map in a slot of a map of maps, or NULL. */
static __always_inline void *in_slot(void *outer, __u32 slot)
{
	return bpf_map_lookup_elem(outer, &slot);
}

static __always_inline void look_at(struct bpf_map *map, struct bpflock_references *to)
{
	if (!map)
		return;
	to->id = map->id;
	to->usercnt = map->usercnt.counter;
	to->refcnt = map->refcnt.counter;
	to->frozen = map->frozen;
}

#define EACH_IN_BANKS(X, first, outer)    \
	X((first) + 0, in_slot(outer, 0)) \
	X((first) + 1, in_slot(outer, 1)) \
	X((first) + 2, in_slot(outer, 2)) \
	X((first) + 3, in_slot(outer, 3)) \
	X((first) + 4, in_slot(outer, 4)) \
	X((first) + 5, in_slot(outer, 5))
_Static_assert(BPFLOCK_BANKS == 6 && _BPFLOCK_SLOT_MAX == 2, "each is in the lists here");

/* The maps of a sealed set are rows X(enum bpflock_kept_map, map). */
#define EACH_KEPT_MAP(X)                                      \
	X(BPFLOCK_MAP_COUNTERS, &counters)                    \
	X(BPFLOCK_MAP_FOUND, &found)                          \
	X(BPFLOCK_MAP_KEPT, &kept)                            \
	X(BPFLOCK_MAP_LATCH, &latch_map)                      \
	X(BPFLOCK_MAP_LOADING, &loading)                      \
	X(BPFLOCK_MAP_LOG_STATE, &log_state)                  \
	X(BPFLOCK_MAP_RECENT, &recent)                        \
	X(BPFLOCK_MAP_REFUSING, &refusing)                    \
	X(BPFLOCK_MAP_SEAL, &seal)                            \
	X(BPFLOCK_MAP_STAMP, &stamp)                          \
	X(BPFLOCK_MAP_TAMPERS, &tampers)                      \
	X(BPFLOCK_MAP_POLICY, &policy)                        \
	X(BPFLOCK_MAP_RULES, &rules)                          \
	X(BPFLOCK_MAP_NODES, &nodes)                          \
	X(BPFLOCK_MAP_PATHS, &paths)                          \
	X(BPFLOCK_MAP_ENDS, &ends)                            \
	X(BPFLOCK_MAP_GRANTS, &grants)                        \
	X(BPFLOCK_MAP_RODATA, &rodata)                        \
	X(BPFLOCK_MAP_IN_POLICY + 0, in_slot(&policy, 0))     \
	X(BPFLOCK_MAP_IN_POLICY + 1, in_slot(&policy, 1))     \
	EACH_IN_BANKS(X, BPFLOCK_MAP_IN_RULES, &rules)        \
	EACH_IN_BANKS(X, BPFLOCK_MAP_IN_NODES, &nodes)        \
	EACH_IN_BANKS(X, BPFLOCK_MAP_IN_PATHS, &paths)        \
	EACH_IN_BANKS(X, BPFLOCK_MAP_IN_ENDS, &ends)          \
	EACH_IN_BANKS(X, BPFLOCK_MAP_IN_GRANTS, &grants)      \
	X(BPFLOCK_MAP_IN_RODATA, in_slot(&rodata, 0))
