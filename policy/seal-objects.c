// SPDX-License-Identifier: GPL-2.0-only
#include "seal-objects.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "pins-inner.h"
#include "pins.h"
#include "util.h"

#define DEPTH_MAX    4
#define PROGRAM_MAPS 64 /* MAX_USED_MAPS, kernel/bpf/verifier.c */

/* What differs from others of its kind, by the place of its pin in the set. */
static const struct {
	const char *pin;
	uint32_t flags;
} special[] = {
	{ PIN_RING, BPFLOCK_SEALED_WRITABLE },	 { PIN_READER, BPFLOCK_SEALED_WRITABLE },
	{ PIN_SEAL, BPFLOCK_SEALED_ALWAYS },	 { PIN_SEALED, BPFLOCK_SEALED_ALWAYS },
	{ PIN_ANNOUNCE, BPFLOCK_SEALED_NO_RUN },
};

static uint32_t flags_of(const char *pin)
{
	for (size_t i = 0; i < ARRAY_SIZE(special); i++)
		if (strcmp(special[i].pin, pin) == 0)
			return special[i].flags;
	return 0;
}

static int add(struct seal_objects *o, enum bpflock_sealed_kind kind, uint64_t id, uint32_t dev,
	       uint32_t flags)
{
	const struct bpflock_sealed key = { .id = id, .dev = dev, .kind = kind };

	for (uint32_t i = 0; i < o->n; i++)
		if (memcmp(&o->keys[i], &key, sizeof(key)) == 0) {
			o->flags[i] |= flags;
			return 0;
		}
	if (o->n == BPFLOCK_SEALED_MAX)
		return -E2BIG;
	o->keys[o->n] = key;
	o->flags[o->n++] = flags;
	return 0;
}

static int add_inode(struct seal_objects *o, const struct stat *st)
{
	/* the kernel keeps device numbers in another way than it tells them (linux/kdev_t.h) */
	return add(o, BPFLOCK_SEALED_INODE, st->st_ino,
		   (uint32_t)major(st->st_dev) << 20 | minor(st->st_dev), 0);
}

/*
 * A map that programs write must not get into other programs' hands by way of a map of maps. Those that
 * readers write are left out: there are others like them, and they are for the log alone.
 */
static int add_map_itself(struct seal_objects *o, int fd, uint32_t flags, struct bpf_map_info *ret)
{
	uint32_t len = sizeof(*ret);
	int r;

	*ret = (struct bpf_map_info){};
	if (bpf_obj_get_info_by_fd(fd, ret, &len) < 0)
		return -errno;
	r = add(o, BPFLOCK_SEALED_MAP, ret->id, 0, flags);
	if (r < 0 || ret->map_flags & BPF_F_RDONLY_PROG || flags & BPFLOCK_SEALED_WRITABLE ||
	    ret->type == BPF_MAP_TYPE_ARRAY_OF_MAPS)
		return r;
	return add(o, BPFLOCK_SEALED_SHAPE,
		   BPFLOCK_SHAPE(ret->map_flags, ret->key_size, ret->value_size),
		   BPFLOCK_SHAPE_TYPE(ret->type, ret->max_entries), 0);
}

static int add_map(struct seal_objects *o, int fd, uint32_t flags)
{
	struct bpf_map_info info, inner_info;
	uint32_t id;
	int r = add_map_itself(o, fd, flags, &info);

	if (info.type != BPF_MAP_TYPE_ARRAY_OF_MAPS)
		return r;
	for (uint32_t i = 0; r == 0 && i < info.max_entries; i++) {
		CLEANUP(close_fdp) int inner = -1;

		if (bpf_map_lookup_elem(fd, &i, &id) < 0)
			continue;
		inner = bpf_map_get_fd_by_id(id);
		r = inner < 0 ? -errno : add_map_itself(o, inner, flags, &inner_info);
	}
	return r;
}

static int add_program(struct seal_objects *o, int fd, uint32_t flags)
{
	uint32_t maps[PROGRAM_MAPS] = { 0 };
	struct bpf_prog_info info = { .nr_map_ids = PROGRAM_MAPS, .map_ids = (uintptr_t)maps };
	uint32_t len = sizeof(info);
	int r;

	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return -errno;
	r = add(o, BPFLOCK_SEALED_PROGRAM, info.id, 0, flags);
	for (uint32_t i = 0; r == 0 && i < info.nr_map_ids && i < PROGRAM_MAPS; i++)
		r = add(o, BPFLOCK_SEALED_MAP, maps[i], 0, 0);
	return r;
}

static int add_link(struct seal_objects *o, int fd, uint32_t flags)
{
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);

	CLEANUP(close_fdp) int prog = -1;
	int r;

	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return -errno;
	prog = bpf_prog_get_fd_by_id(info.prog_id);
	r = prog < 0 ? -errno : add_program(o, prog, 0);
	return r < 0 ? r : add(o, BPFLOCK_SEALED_LINK, info.id, 0, flags);
}

/* A pin is of the kind that the directory it is in is for. */
static int add_pin(struct seal_objects *o, const char *set_path, const char *pin)
{
	static const struct {
		const char *directory;
		bool writable; /* what only maps can be opened without */
		int (*add)(struct seal_objects *o, int fd, uint32_t flags);
	} kinds[] = { { "maps", false, add_map },
		      { "progs", true, add_program },
		      { "links", true, add_link } };
	size_t end = strrchr(pin, '/') ? (size_t)(strrchr(pin, '/') - pin) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		CLEANUP(close_fdp) int fd = -1;
		size_t len = strlen(kinds[i].directory);

		if (end < len || memcmp(pin + end - len, kinds[i].directory, len) != 0)
			continue;
		fd = pins_open_map(set_path, pin, kinds[i].writable);
		return fd < 0 ? fd : kinds[i].add(o, fd, flags_of(pin));
	}
	return 0;
}

static int add_directory(struct seal_objects *o, const char *set_path, const char *below, int depth)
{
	char path[PATH_MAX];
	struct dirent *e;
	struct stat st;
	int r = 0;
	DIR *d;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	r = pins_path(path, set_path, below);
	if (r < 0)
		return r;
	d = opendir(path);
	if (!d)
		return -errno;
	if (fstat(dirfd(d), &st) < 0)
		r = -errno;
	else
		r = add_inode(o, &st);
	while (r == 0 && (e = readdir(d))) {
		char name[PATH_MAX];

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(name, sizeof(name), "%s%s%s", below, below[0] ? "/" : "", e->d_name);
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			r = -errno;
		} else if (S_ISDIR(st.st_mode)) {
			r = add_directory(o, set_path, name, depth + 1);
		} else {
			r = add_inode(o, &st);
			if (r == 0)
				r = add_pin(o, set_path, name);
		}
	}
	closedir(d);
	return r;
}

/*
 * The functions of the kernel's that ask LSM programs, and the hooks where these are attached, if a
 * positive answer passes for consent. Which callers take it for that differs between kernels.
 */
static int add_functions(struct seal_objects *o)
{
	static const char *const hooks[] = { "locked_down", "bpf", "bpf_prog" };
	static const char *const prefixes[] = { "security_", "bpf_lsm_" };
	struct btf *btf = btf__load_vmlinux_btf();
	int r = libbpf_get_error(btf);

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(hooks) * ARRAY_SIZE(prefixes); i++) {
		char name[64];
		int id;

		snprintf(name, sizeof(name), "%s%s", prefixes[i % ARRAY_SIZE(prefixes)],
			 hooks[i / ARRAY_SIZE(prefixes)]);
		id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
		r = id < 0 ? id : add(o, BPFLOCK_SEALED_FUNCTION, id, 0, 0);
	}
	btf__free(btf);
	return r;
}

int seal_objects_collect(const char *set_path, struct seal_objects *ret)
{
	int r;

	ret->n = 0;
	r = add_directory(ret, set_path, "", 0);
	return r < 0 ? r : add_functions(ret);
}
