// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sealed set gives nobody its maps, but its programs, the ring and the reader's map. What the
 * kernel has kept of these is pinned anew: as long as the bpffs of the old pins is there somewhere,
 * that is all.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "ask.h"
#include "repair-sealed.h"
#include "repair.h"
#include "util.h"

#define MAPS_MAX 64

struct program {
	int fd;
	struct bpf_prog_info info;
	uint32_t maps[MAPS_MAX];
	struct bpf_func_info function; /* the main one */
};

/* False: it is gone by now. */
static bool open_program(uint32_t id, struct program *ret)
{
	uint32_t len = sizeof(ret->info);

	*ret = (struct program){ .fd = bpf_prog_get_fd_by_id(id) };
	ret->info = (struct bpf_prog_info){ .nr_map_ids = MAPS_MAX,
					    .map_ids = (uintptr_t)ret->maps,
					    .nr_func_info = 1,
					    .func_info_rec_size = sizeof(ret->function),
					    .func_info = (uintptr_t)&ret->function };
	return ret->fd >= 0 && bpf_obj_get_info_by_fd(ret->fd, &ret->info, &len) == 0;
}

static bool shares_map(const struct program *a, const struct program *b)
{
	for (uint32_t i = 0; i < a->info.nr_map_ids && i < MAPS_MAX; i++)
		for (uint32_t k = 0; k < b->info.nr_map_ids && k < MAPS_MAX; k++)
			if (a->maps[i] == b->maps[k])
				return true;
	return false;
}

static int pin(int fd, const char *set, const char *directory, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/%s", set, directory, name + BPFLOCK_SEALED_PREFIX_LEN);
	return bpf_obj_pin(fd, path) < 0 ? -errno : 0;
}

/* By the name that its type information has, since the kernel keeps but the beginning of a program's. */
static int pin_program(const struct program *p, const char *set)
{
	struct btf *btf = btf__load_from_kernel_by_id(p->info.btf_id);
	const struct btf_type *t = btf ? btf__type_by_id(btf, p->function.type_id) : NULL;
	const char *name = t ? btf__name_by_offset(btf, t->name_off) : NULL;
	int r = name && ask_is_reserved(name) ? pin(p->fd, set, "progs", name) : -ENOENT;

	btf__free(btf);
	return r;
}

static int pin_programs(const struct program *lock, const char *set)
{
	uint32_t id = 0;
	int r = 0;

	while (r == 0 && bpf_prog_get_next_id(id, &id) == 0) {
		struct program p;

		if (open_program(id, &p) && ask_is_reserved(p.info.name) && shares_map(&p, lock))
			r = pin_program(&p, set);
		close_fdp(&p.fd);
	}
	return r;
}

static int pin_maps(const struct program *lock, const char *set)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < lock->info.nr_map_ids && i < MAPS_MAX; i++) {
		CLEANUP(close_fdp) int fd = bpf_map_get_fd_by_id(lock->maps[i]);
		struct bpf_map_info info = {};
		uint32_t len = sizeof(info);

		/* the ring and the reader's are the only ones that are given */
		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0)
			r = pin(fd, set, "maps", info.name);
	}
	return r;
}

int repair_sealed_pin(uint32_t lock_id, const char *set)
{
	struct program lock;
	char ask_pin[PATH_MAX];
	int r = -ENOENT;

	if (open_program(lock_id, &lock)) {
		r = pin_maps(&lock, set);
		if (r == 0)
			r = pin_programs(&lock, set);
	}
	close_fdp(&lock.fd);
	/* the one that answers is held by its pin alone */
	if (r == 0)
		r = pins_path(ask_pin, set, ASK_PIN);
	return r == 0 && access(ask_pin, F_OK) < 0 ? -ENOENT : r;
}
