// SPDX-License-Identifier: GPL-2.0-only
#include "attachment.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "util.h"

#define MAPS_MAX 64 /* MAX_USED_MAPS, kernel/bpf/verifier.c */

/* Returns whether a map is the stamp of a set, by its name and what it holds. */
static bool is_stamp(uint32_t map_id)
{
	LIBBPF_OPTS(bpf_get_fd_by_id_opts, opts, .open_flags = BPF_F_RDONLY);
	CLEANUP(close_fdp) int fd = bpf_map_get_fd_by_id_opts(map_id, &opts);
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0 &&
	       strcmp(info.name, BPFLOCK_STAMP_MAP) == 0;
}

/* Fills in all but prog_id and flags. False: it is gone by now, or cannot be looked at. */
static bool describe(struct attachment *a)
{
	CLEANUP(close_fdp) int fd = bpf_prog_get_fd_by_id(a->prog_id);
	uint32_t maps[MAPS_MAX];
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)maps };
	uint32_t len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return false;
	a->function = info.attach_btf_id;
	a->sealed = ask_is_reserved(info.name);
	snprintf(a->name, sizeof(a->name), "%s", info.name);
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_MAX && !a->stamp_id; i++)
		if (is_stamp(maps[i]))
			a->stamp_id = maps[i];
	return true;
}

static int query(int cgroup_fd, enum bpf_attach_type type, struct attachments *ret)
{
	uint32_t ids[ATTACHMENTS_MAX] = {}, flags[ATTACHMENTS_MAX] = {};
	LIBBPF_OPTS(bpf_prog_query_opts, opts, .prog_ids = ids, .prog_cnt = ATTACHMENTS_MAX);

	/* of other types it gives those of programs that decide here by inheritance alone */
	if (type == BPF_LSM_CGROUP)
		opts.prog_attach_flags = flags;
	if (bpf_prog_query_opts(cgroup_fd, type, &opts) < 0)
		return -errno;
	for (uint32_t i = 0; i < opts.prog_cnt && i < ATTACHMENTS_MAX; i++) {
		struct attachment *a = &ret->rows[ret->n];

		*a = (struct attachment){ .prog_id = ids[i], .flags = flags[i] };
		ret->n += describe(a);
	}
	return 0;
}

int attachments_read(struct attachments *ret)
{
	CLEANUP(close_fdp) int root = cgroupfs_open_shown();

	ret->n = 0;
	return root < 0 ? root : query(root, BPF_LSM_CGROUP, ret);
}

int attachments_read_sysctl(struct attachments *ret)
{
	CLEANUP(close_fdp) int root = cgroupfs_open_shown();

	ret->n = 0;
	return root < 0 ? root : query(root, BPF_CGROUP_SYSCTL, ret);
}

bool attachment_is_ours(const struct attachment *a)
{
	return a->sealed || a->stamp_id;
}

bool attachment_exists(uint32_t prog_id)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;

	return memory && ((attachments_read(all) == 0 && attachments_find(all, prog_id)) ||
			  (attachments_read_sysctl(all) == 0 && attachments_find(all, prog_id)));
}

/* A sealed set's has a longer name, of which the kernel keeps the beginning. */
static bool is_hook(const struct attachment *a)
{
	static const char sealed[] = BPFLOCK_SEALED_PREFIX BPFLOCK_HOOK_PROGRAM;

	return a->sealed ? strncmp(a->name, sealed, BPF_OBJ_NAME_LEN - 1) == 0
			 : a->stamp_id && strcmp(a->name, BPFLOCK_HOOK_PROGRAM) == 0;
}

const struct attachment *attachments_lock(const struct attachments *a, size_t n)
{
	for (size_t i = 0; i < a->n; i++)
		if (is_hook(&a->rows[i]) && n-- == 0)
			return &a->rows[i];
	return NULL;
}

const struct attachment *attachments_find(const struct attachments *a, uint32_t prog_id)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->rows[i].prog_id == prog_id)
			return &a->rows[i];
	return NULL;
}

const struct attachment *attachments_behind(const struct attachments *a,
					    const struct attachment *of)
{
	for (const struct attachment *x = of + 1; x < a->rows + a->n; x++)
		if (x->function == of->function && !attachment_is_ours(x))
			return x;
	return NULL;
}

bool attachments_exchangeable(const struct attachments *a, const struct attachment *of)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->rows[i].function == of->function && a->rows[i].flags & ATTACHMENT_PREORDER)
			return false;
	return !attachments_behind(a, of);
}

/* An fd of the cgroup link that runs this program, or -ENOENT. */
static int open_link(uint32_t prog_id)
{
	uint32_t id = 0;

	while (bpf_link_get_next_id(id, &id) == 0) {
		CLEANUP(close_fdp) int fd = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = {};
		uint32_t len = sizeof(info);

		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0 &&
		    info.type == BPF_LINK_TYPE_CGROUP && info.prog_id == prog_id)
			return TAKE_FD(fd);
	}
	return -ENOENT;
}

uint32_t attachment_link(uint32_t prog_id)
{
	CLEANUP(close_fdp) int fd = open_link(prog_id);
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);

	return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0 ? info.id : 0;
}

int attachment_detach(uint32_t prog_id)
{
	CLEANUP(close_fdp) int fd = open_link(prog_id);

	if (fd < 0)
		return fd;
	return bpf_link_detach(fd) < 0 ? -errno : 0;
}

int attachment_detach_raw(uint32_t prog_id, bool sysctl)
{
	CLEANUP(close_fdp) int root = cgroupfs_open_root();
	CLEANUP(close_fdp) int prog = bpf_prog_get_fd_by_id(prog_id);

	if (root < 0 || prog < 0)
		return root < 0 ? root : -errno;
	if (bpf_prog_detach2(prog, root, sysctl ? BPF_CGROUP_SYSCTL : BPF_LSM_CGROUP) < 0)
		return -errno;
	return 0;
}

/* The programs of all cgroups, each once. */
struct census {
	int root_fd;
	struct attachments all, one;
};

static bool count_cgroup(void *arg, uint64_t id, const char *path)
{
	struct census *c = arg;
	CLEANUP(close_fdp)
	int fd = openat(c->root_fd, path[1] ? path + 1 : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	c->one.n = 0;
	if (fd < 0 || query(fd, BPF_LSM_CGROUP, &c->one) < 0)
		return true;
	for (size_t i = 0; i < c->one.n && c->all.n < ATTACHMENTS_MAX; i++)
		if (!attachments_find(&c->all, c->one.rows[i].prog_id))
			c->all.rows[c->all.n++] = c->one.rows[i];
	return true;
}

static bool is_first_of_hook(const struct attachments *a, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (a->rows[k].function == a->rows[i].function)
			return false;
	return true;
}

static size_t programs_of_hook(const struct attachments *a, uint32_t function)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += a->rows[i].function == function;
	return n;
}

/* "file_open" for the function bpf_lsm_file_open; "?" without the kernel's BTF. */
static const char *hook_name(const struct btf *btf, uint32_t function)
{
	static const char prefix[] = "bpf_lsm_";
	const struct btf_type *type = btf ? btf__type_by_id(btf, function) : NULL;
	const char *name = type ? btf__name_by_offset(btf, type->name_off) : NULL;

	if (!name)
		return "?";
	return strncmp(name, prefix, sizeof(prefix) - 1) == 0 ? name + sizeof(prefix) - 1 : name;
}

static void describe_census(const struct attachments *a, char *text, size_t len)
{
	struct btf *btf = btf__load_vmlinux_btf();
	size_t used = 0;

	for (size_t i = 0; i < a->n && used < len; i++) {
		uint32_t function = a->rows[i].function;
		int n;

		if (!is_first_of_hook(a, i))
			continue;
		n = snprintf(text + used, len - used, "%s%zu on %s (program %u%s%s)",
			     used ? ", " : "", programs_of_hook(a, function),
			     hook_name(btf, function), a->rows[i].prog_id,
			     a->rows[i].name[0] ? " " : "", a->rows[i].name);
		used += n > 0 ? n : 0;
	}
	btf__free(btf);
}

void attachments_describe_slots(char *text, size_t len)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct census));
	struct census *c = (struct census *)memory;

	snprintf(text, len, "(they cannot be listed)");
	if (!memory)
		return;
	c->root_fd = cgroupfs_open_root();
	if (c->root_fd < 0)
		return;
	cgroupfs_walk(c->root_fd, count_cgroup, c);
	close(c->root_fd);
	snprintf(text, len, "none");
	describe_census(&c->all, text, len);
}
