// SPDX-License-Identifier: GPL-2.0-only
#include "inner-map.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "util.h"

#define ARRAY(kind_name, type_name, member, more, ...)                                      \
	{                                                                                   \
		.name = kind_name, .type = BPF_MAP_TYPE_ARRAY,                              \
		.flags = BPF_F_RDONLY_PROG | (more), .key_size = sizeof(uint32_t),          \
		.value_size = sizeof(struct type_name),                                     \
		.offset = offsetof(struct pins_slots, member), __VA_ARGS__                  \
	}

const struct inner_kind inner_policy =
	ARRAY("policy", bpflock_policy, policy, 0, .ask = BPFLOCK_ASK_POLICY);
const struct inner_kind inner_rules =
	ARRAY("rules", bpflock_rule, rules, BPF_F_INNER_MAP, .ask = BPFLOCK_ASK_RULES);
const struct inner_kind inner_paths =
	ARRAY("paths", bpflock_node, paths, BPF_F_INNER_MAP, .ask = BPFLOCK_ASK_PATHS);
const struct inner_kind inner_ends = ARRAY("ends", bpflock_ends, ends, BPF_F_INNER_MAP,
					   .ask = BPFLOCK_ASK_ENDS, .revocable = true);
const struct inner_kind inner_grants = ARRAY("grants", bpflock_grant, grants, BPF_F_INNER_MAP,
					     .ask = BPFLOCK_ASK_GRANTS, .revocable = true);
const struct inner_kind inner_nodes = {
	.name = "nodes",
	.type = BPF_MAP_TYPE_HASH,
	.flags = BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC,
	.key_size = sizeof(struct bpflock_node),
	.value_size = sizeof(uint32_t),
	.offset = offsetof(struct pins_slots, nodes),
};

static int slots_fd(const struct pins_slots *slots, const struct inner_kind *kind)
{
	return *(const int *)((const char *)slots + kind->offset);
}

int inner_map_open_id(uint32_t id)
{
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, opts, .open_flags = BPF_F_RDONLY);
	int fd = bpf_map_get_fd_by_id_opts(id, &opts);

	return fd < 0 ? -errno : fd;
}

int inner_map_open(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot)
{
	uint32_t id;

	if (bpf_map_lookup_elem(slots_fd(slots, kind), &slot, &id) < 0)
		return -errno;
	return inner_map_open_id(id);
}

int inner_map_make(const struct pins_slots *slots, const struct inner_kind *kind, const void *keys,
		   const void *values, uint32_t n, uint32_t room)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = kind->flags);
	char name[BPF_OBJ_NAME_LEN];
	CLEANUP(close_fdp) int fd = -1;
	CLEANUP(free_charp) char *indices = NULL;
	uint32_t count = n;

	if (slots->sealed && kind->revocable)
		opts.map_flags &= ~BPF_F_RDONLY_PROG;
	snprintf(name, sizeof(name), "%s%s", slots->sealed ? BPFLOCK_SEALED_PREFIX : "bpflock_",
		 kind->name);
	fd = bpf_map_create(kind->type, name, kind->key_size, kind->value_size,
			    room ? room : 1, &opts);
	if (fd < 0)
		return -errno;
	if (!keys && n) {
		indices = calloc(n, sizeof(uint32_t));
		if (!indices)
			return -ENOMEM;
		for (uint32_t i = 0; i < n; i++)
			memcpy(indices + i * sizeof(i), &i, sizeof(i));
		keys = indices;
	}
	if (n && bpf_map_update_batch(fd, keys, values, &count, NULL) < 0)
		return -errno;
	/* RDONLY_PROG and frozen: from here on nobody can write it, only replace it */
	if (bpf_map_freeze(fd) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int inner_map_enter(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot,
		    int fd)
{
	/*
	 * Until 6.8 the kernel frees a map that is replaced while programs still use it (CVE-2023-52447):
	 * our fd keeps it until the update has waited for them.
	 */
	CLEANUP(close_fdp) int old = inner_map_open(slots, kind, slot);

	if (old < 0 && old != -ENOENT)
		return old;
	return bpf_map_update_elem(slots_fd(slots, kind), &slot, &fd, BPF_ANY) < 0 ? -errno : 0;
}

int inner_map_enter_new(const struct pins_slots *slots, const struct inner_kind *kind,
			uint32_t slot, const void *keys, const void *values, uint32_t n,
			uint32_t room)
{
	CLEANUP(close_fdp) int fd = inner_map_make(slots, kind, keys, values, n, room);

	return fd < 0 ? fd : inner_map_enter(slots, kind, slot, fd);
}

void inner_map_remove(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot)
{
	CLEANUP(close_fdp)
	int old = inner_map_open(slots, kind, slot); /* kept as in inner_map_enter() */

	/* 6.1 waits for RCU even to say that there is nothing to delete */
	if (old != -ENOENT)
		bpf_map_delete_elem(slots_fd(slots, kind), &slot);
}

/* Up to n entries of a map, in one call: how many, or a negative errno. */
static int read_entries(int fd, void *keys, void *values, uint32_t n)
{
	uint32_t count = n, position;

	/* the end of the map is told by ENOENT, along with the entries before it */
	if (n && bpf_map_lookup_batch(fd, NULL, &position, keys, values, &count, NULL) < 0 &&
	    errno != ENOENT)
		return -errno;
	return n ? count : 0;
}

int inner_map_read_hash(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot,
			uint32_t n, char **ret_keys, char **ret_values)
{
	CLEANUP(close_fdp) int fd = inner_map_open(slots, kind, slot);
	CLEANUP(free_charp) char *keys = calloc((size_t)n + 1, kind->key_size);
	CLEANUP(free_charp) char *values = calloc((size_t)n + 1, kind->value_size);
	int r = fd < 0 ? fd : !keys || !values ? -ENOMEM : read_entries(fd, keys, values, n);

	if (r < 0)
		return r;
	*ret_keys = TAKE_PTR(keys);
	*ret_values = TAKE_PTR(values);
	return r;
}

int inner_map_read(const struct pins_slots *slots, const struct inner_kind *kind, uint32_t slot,
		   uint32_t n, void **ret_values)
{
	char *keys, *values;
	int r;

	if (slots->ask >= 0)
		return ask_rows(slots->ask, kind->ask, slot, n, ret_values);
	r = inner_map_read_hash(slots, kind, slot, n, &keys, &values);
	if (r < 0)
		return r;
	free(keys);
	*ret_values = values;
	return r;
}
