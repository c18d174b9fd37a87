/* SPDX-License-Identifier: GPL-2.0-only */
/* The inner maps that the slots of policies hold: of what kind, made, entered, read. pins*.c only.
 */
#pragma once

#include <bpf/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "ask.h"
#include "pins.h"

/* Type, sizes and flags equal those of the slots' templates in bpf/policy.h. */
struct inner_kind {
	const char *name; /* without what says whose it is */
	enum bpf_map_type type;
	uint32_t flags;
	uint32_t key_size, value_size;
	size_t offset;	      /* of the slots' fd in struct pins_slots */
	bool revocable;	      /* programs of a sealed set write it */
	enum bpflock_ask ask; /* how a sealed set is asked for rows */
};

extern const struct inner_kind inner_policy, inner_rules, inner_ends, inner_grants, inner_nodes,
	inner_paths;

/* A map by its id, to be read: its fd or a negative errno. */
int inner_map_open_id(uint32_t id);

/* The map in a slot, to be read: its fd, -ENOENT if there is none, or a negative errno. */
int inner_map_open(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot);

/* A new map with these n entries (keys NULL: an array's) and room for `room`: its fd, or an errno.
 */
int inner_map_make(const struct pins_slots *slots, const struct inner_kind *kind, const void *keys,
		   const void *values, uint32_t n, uint32_t room);

/* Puts a map into a slot, in place of what is there. */
int inner_map_enter(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot,
		    int fd);

/* Both at once. */
int inner_map_enter_new(const struct pins_slots *slots, const struct inner_kind *kind,
			uint32_t slot, const void *keys, const void *values, uint32_t n,
			uint32_t room);

/* Empties a slot. */
void inner_map_remove(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot);

/*
 * Up to n rows of the frozen array in a slot, in their order and in one call instead of one for
 * each; room for n + 1 is allocated. How many there were, or a negative errno; the caller frees
 * *ret_values.
 */
int inner_map_read(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot,
		   uint32_t n, void **ret_values);

/*
 * Up to n rows of any frozen map in a slot that is not sealed, in the map's own order and with
 * their keys. How many there were, or a negative errno; the caller frees *ret_keys and *ret_values.
 */
int inner_map_read_hash(const struct pins_slots *slots, const struct inner_kind *kind,
			uint32_t slot, uint32_t n, char **ret_keys, char **ret_values);
