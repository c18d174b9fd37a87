// SPDX-License-Identifier: GPL-2.0-only
#include "repair.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "pins-set.h"
#include "repair-sealed.h"
#include "util.h"

#define MAPS_MAX 64

/* Each map of a set has a pin, by its name in the kernel, which has room for 15 bytes. Older sets have paths. */
static const struct {
	const char *name, *pin;
} maps[] = {
	{ "policy", PIN_POLICY }, { "rules", PIN_RULES },	    { "nodes", PIN_NODES },
	{ "paths", "maps/paths" }, { "latch_map", PIN_LATCH_MAP },  { "ends", PIN_ENDS },
	{ "grants", PIN_GRANTS }, { "counters", PIN_COUNTERS },	    { "log_state", PIN_LOG_STATE },
	{ "ring", PIN_RING },	  { "reader", PIN_READER },	    { "recent", PIN_RECENT },
	{ "kept", PIN_KEPT },	  { BPFLOCK_STAMP_MAP, PIN_STAMP },
	{ "refusing", PIN_REFUSING },
};

static bool has_pinned(const char *bpffs, const char *name, uint32_t stamp_id)
{
	CLEANUP(pins_freep) struct pins *p = NULL;
	int r = pins_open(bpffs, name, &p);

	return (r == PINS_OK || r == PINS_FOREIGN) && pins_stamp_id(p) == stamp_id &&
	       pins_set_hook_attached(p->path);
}

/* A sealed set is known by its program: nobody sees its stamp. */
static bool has_pinned_sealed(const char *bpffs, const char *name, uint32_t prog_id)
{
	CLEANUP(close_fdp) int fd = -1;
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);
	char path[PATH_MAX];

	if (pins_path(path, bpffs, name) < 0)
		return false;
	fd = pins_open_map(path, PIN_HOOK_PROG, true);
	return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0 && info.id == prog_id;
}

static bool is_pinned_sealed(const char *bpffs, uint32_t prog_id)
{
	char *names[PINS_MAX_SETS];
	int n = pins_set_list(bpffs, names);
	bool found = false;

	for (int i = 0; i < n; i++) {
		found = found || has_pinned_sealed(bpffs, names[i], prog_id);
		free(names[i]);
	}
	return found;
}

static bool is_pinned(const char *bpffs, uint32_t stamp_id)
{
	char *names[PINS_MAX_SETS];
	int n = pins_set_list(bpffs, names);
	bool found = false;

	for (int i = 0; i < n; i++) {
		found = found || has_pinned(bpffs, names[i], stamp_id);
		free(names[i]);
	}
	return found;
}

const struct attachment *repair_find(const char *bpffs, const struct attachments *a,
				     size_t *ret_sets)
{
	const struct attachment *found = NULL, *lock;

	for (*ret_sets = 0; (lock = attachments_lock(a, *ret_sets)); ++*ret_sets)
		if (!found && (lock->sealed ? !is_pinned_sealed(bpffs, lock->prog_id)
					    : !is_pinned(bpffs, lock->stamp_id)))
			found = lock;
	return found;
}

static int pin(int fd, const char *set, const char *directory, const char *name)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s%s", set, directory, name) >= sizeof(path))
		return -ENAMETOOLONG;
	/* a map is used by several programs */
	return bpf_obj_pin(fd, path) < 0 && errno != EEXIST ? -errno : 0;
}

static int pin_map(uint32_t id, const char *set)
{
	CLEANUP(close_fdp) int fd = bpf_map_get_fd_by_id(id);
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		if (strcmp(maps[i].name, info.name) == 0)
			return pin(fd, set, "", maps[i].pin);
	return 0;
}

static int pin_program(int fd, const struct bpf_prog_info *info, const uint32_t *map_ids,
		       const char *set)
{
	int r = pin(fd, set, "progs/", info->name);

	for (uint32_t i = 0; r == 0 && i < info->nr_map_ids && i < MAPS_MAX; i++)
		r = pin_map(map_ids[i], set);
	return r;
}

static bool has_map(const struct bpf_prog_info *info, const uint32_t *map_ids, uint32_t id)
{
	for (uint32_t i = 0; i < info->nr_map_ids && i < MAPS_MAX; i++)
		if (map_ids[i] == id)
			return true;
	return false;
}

/* Pins the program of this id if it is of the stamp's set. */
static int pin_if_ours(uint32_t id, uint32_t stamp_id, const char *set)
{
	CLEANUP(close_fdp) int fd = bpf_prog_get_fd_by_id(id);
	uint32_t map_ids[MAPS_MAX];
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)map_ids };
	uint32_t len = sizeof(info);

	if (fd < 0) /* it may have gone meanwhile */
		return errno == ENOENT ? 0 : -errno;
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return -errno;
	return has_map(&info, map_ids, stamp_id) ? pin_program(fd, &info, map_ids, set) : 0;
}

static int pin_programs(uint32_t stamp_id, const char *set)
{
	uint32_t id = 0;
	int r = 0;

	while (r == 0 && bpf_prog_get_next_id(id, &id) == 0)
		r = pin_if_ours(id, stamp_id, set);
	return r;
}

static int pin_link_if_ours(uint32_t id, const char *set)
{
	CLEANUP(close_fdp) int fd = bpf_link_get_fd_by_id(id);
	struct pins_program rows[PINS_MAX_PROGRAMS];
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);
	int n = pins_set_programs(set, rows, PINS_MAX_PROGRAMS);

	if (n < 0)
		return n;
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return -errno;
	for (int i = 0; i < n; i++)
		if (rows[i].prog_id == info.prog_id)
			return pin(fd, set, "links/", rows[i].name);
	return 0;
}

static int pin_links(const char *set)
{
	uint32_t id = 0;
	int r = 0;

	while (r == 0 && bpf_link_get_next_id(id, &id) == 0)
		r = pin_link_if_ours(id, set);
	return r;
}

int repair_pins(const char *bpffs, const struct attachment *lock)
{
	char name[PINS_NAME_LEN], path[PATH_MAX];
	int r = pins_set_make_staging(bpffs, name);

	if (r < 0)
		return r;
	r = pins_path(path, bpffs, name);
	if (r == 0)
		r = lock->sealed ? repair_sealed_pin(lock->prog_id, path)
				 : pin_programs(lock->stamp_id, path);
	if (r == 0)
		r = pin_links(path);
	if (r == 0 && !pins_set_hook_attached(path))
		r = -ENOENT;
	if (r == 0)
		r = pins_set_publish(bpffs, name);
	/* its own pins, if it came to nothing; else those of what was published and enforced
	 * nothing */
	pins_set_remove(bpffs, name, 0);
	return r;
}
