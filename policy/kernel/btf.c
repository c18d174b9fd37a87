// SPDX-License-Identifier: GPL-2.0-only
#include "btf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "text.h"
#include "util.h"

#define BTF_MAX (256 << 20)

/* Each kind has a fixed part behind its struct btf_type, and one per vlen. */
static const struct {
	unsigned char fixed, each;
} extra[] = {
	[BTF_KIND_INT] = { 4, 0 },
	[BTF_KIND_PTR] = { 0, 0 },
	[BTF_KIND_ARRAY] = { sizeof(struct btf_array), 0 },
	[BTF_KIND_STRUCT] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { 0, sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { 0, sizeof(struct btf_enum) },
	[BTF_KIND_FWD] = { 0, 0 },
	[BTF_KIND_TYPEDEF] = { 0, 0 },
	[BTF_KIND_VOLATILE] = { 0, 0 },
	[BTF_KIND_CONST] = { 0, 0 },
	[BTF_KIND_RESTRICT] = { 0, 0 },
	[BTF_KIND_FUNC] = { 0, 0 },
	[BTF_KIND_FUNC_PROTO] = { 0, sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { sizeof(struct btf_var), 0 },
	[BTF_KIND_DATASEC] = { 0, sizeof(struct btf_var_secinfo) },
	[BTF_KIND_FLOAT] = { 0, 0 },
	[BTF_KIND_DECL_TAG] = { sizeof(struct btf_decl_tag), 0 },
	[BTF_KIND_TYPE_TAG] = { 0, 0 },
	[BTF_RAW_ENUM64] = { 0, 12 },
};

/* Finds types and strings. */
static int read_header(struct raw_btf *btf, const void *bytes, size_t len)
{
	const unsigned char *base = bytes;
	struct btf_header h;

	btf->size = len;
	if (len < sizeof(h))
		return -EBADMSG;
	memcpy(&h, bytes, sizeof(h));
	if (h.magic != BTF_MAGIC || h.version != 1 || h.hdr_len < sizeof(h) || h.hdr_len > len)
		return -EBADMSG;
	len -= h.hdr_len;
	if (h.type_off > len || h.type_len > len - h.type_off || h.str_off > len ||
	    h.str_len > len - h.str_off || h.str_len == 0)
		return -EBADMSG;
	btf->types = base + h.hdr_len + h.type_off;
	btf->types_len = h.type_len;
	btf->strings = (const char *)base + h.hdr_len + h.str_off;
	btf->strings_len = h.str_len;
	return btf->strings[btf->strings_len - 1] == '\0' ? 0 : -EBADMSG;
}

int btf_raw_next(const struct raw_btf *btf, size_t *offset, struct btf_type *ret)
{
	const size_t left = btf->types_len - *offset;
	uint32_t kind;
	size_t size;

	if (left < sizeof(*ret))
		return -EBADMSG;
	memcpy(ret, btf->types + *offset, sizeof(*ret)); /* it need not be aligned */
	kind = BTF_INFO_KIND(ret->info);
	if (kind == BTF_KIND_UNKN || kind >= ARRAY_SIZE(extra) || ret->name_off >= btf->strings_len)
		return -EBADMSG;
	size = sizeof(*ret) + extra[kind].fixed +
	       (size_t)extra[kind].each * BTF_INFO_VLEN(ret->info);
	if (size > left)
		return -EBADMSG;
	*offset += size;
	return 0;
}

static int add_function(struct raw_btf *btf, uint32_t name_off)
{
	if (!array_grow(&btf->functions, btf->n_functions, sizeof(*btf->functions)))
		return -ENOMEM;
	btf->functions[btf->n_functions++] =
		(struct btf_raw_function){ .name_off = name_off, .id = btf->n_types };
	return 0;
}

/* Checks all types, and lists the functions, of which several are looked up. */
static int check_types(struct raw_btf *btf)
{
	struct btf_type t;
	int r = 0;

	for (size_t offset = 0; r == 0 && offset < btf->types_len;) {
		r = btf_raw_next(btf, &offset, &t);
		btf->n_types++;
		if (r == 0 && BTF_INFO_KIND(t.info) == BTF_KIND_FUNC)
			r = add_function(btf, t.name_off);
	}
	return r;
}

int btf_raw_new(const void *bytes, size_t len, struct raw_btf **ret)
{
	CLEANUP(btf_raw_freep) struct raw_btf *btf = calloc(1, sizeof(*btf));
	int r;

	if (!btf)
		return -ENOMEM;
	r = read_header(btf, bytes, len);
	if (r == 0)
		r = check_types(btf);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(btf);
	return 0;
}

struct raw_btf *btf_raw_free(struct raw_btf *btf)
{
	if (!btf)
		return NULL;
	if (btf->mapped)
		munmap(btf->mapped, btf->size);
	free(btf->copy);
	free(btf->functions);
	free(btf);
	return NULL;
}

void btf_raw_freep(struct raw_btf **btf)
{
	btf_raw_free(*btf);
}

/*
 * The kernel lends it since Linux 6.16; before that it copies a page for each read(2). Only of
 * sysfs: another file, mounted in its place, may be cut off while it is mapped. NULL: it has to be
 * read.
 */
static void *map(int fd, size_t *ret_len)
{
	struct statfs fs;
	struct stat st;
	void *bytes;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != SYSFS_MAGIC || fstat(fd, &st) < 0)
		return NULL;
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return NULL;
	*ret_len = st.st_size;
	return bytes;
}

int btf_raw_open(struct raw_btf **ret)
{
	CLEANUP(close_fdp) int fd = open(BTF_PATH, O_RDONLY | O_CLOEXEC);
	CLEANUP(free_charp) char *copy = NULL;
	void *mapped;
	size_t len;
	int r = 0;

	if (fd < 0)
		return -errno;
	mapped = map(fd, &len);
	if (!mapped)
		r = text_read_fd(fd, BTF_MAX, &copy, &len);
	if (r == 0)
		r = btf_raw_new(mapped ? mapped : copy, len, ret);
	if (r == 0) {
		(*ret)->mapped = mapped;
		(*ret)->copy = TAKE_PTR(copy);
	} else if (mapped) {
		munmap(mapped, len);
	}
	return r;
}

/*
 * The first type of that kind and name: its id, or 0; *ret_members lies behind it. An enum without
 * enumerators is but declared.
 */
static uint32_t find(const struct raw_btf *btf, uint32_t kind, const char *name,
		     struct btf_type *ret, const unsigned char **ret_members)
{
	size_t offset = 0, at;

	for (uint32_t id = 1; at = offset, offset < btf->types_len; id++) {
		if (btf_raw_next(btf, &offset, ret) < 0)
			return 0;
		if (BTF_INFO_KIND(ret->info) != kind ||
		    (kind == BTF_KIND_ENUM && BTF_INFO_VLEN(ret->info) == 0) ||
		    strcmp(btf->strings + ret->name_off, name) != 0)
			continue;
		*ret_members = btf->types + at + sizeof(*ret);
		return id;
	}
	return 0;
}

int btf_each_enumerator(const struct raw_btf *btf, const char *name, btf_enumerator_fn fn,
			void *arg)
{
	const unsigned char *members;
	struct btf_type t;
	int r = 0;

	if (!find(btf, BTF_KIND_ENUM, name, &t, &members))
		return -ENOENT;
	for (size_t i = 0; r == 0 && i < BTF_INFO_VLEN(t.info); i++) {
		struct btf_enum e;

		memcpy(&e, members + i * sizeof(e), sizeof(e));
		r = e.name_off < btf->strings_len
			    ? fn(btf->strings + e.name_off, (uint32_t)e.val, arg)
			    : -EBADMSG;
	}
	return r;
}

static uint32_t function_named_at(const struct raw_btf *btf, size_t name_off)
{
	for (size_t i = 0; i < btf->n_functions; i++)
		if (btf->functions[i].name_off == name_off)
			return btf->functions[i].id;
	return 0;
}

/* All names lie in one place, and it is faster to look there than at the name of each function. */
uint32_t btf_find_function(const struct raw_btf *btf, const char *name)
{
	const char *at = btf->strings, *end = btf->strings + btf->strings_len;
	const size_t len = strlen(name) + 1;
	uint32_t first = 0;

	while ((at = memmem(at, end - at, name, len))) {
		uint32_t id = function_named_at(btf, at - btf->strings);

		if (id && (!first || id < first))
			first = id;
		at++;
	}
	return first;
}

uint32_t btf_find_typedef(const struct raw_btf *btf, const char *name)
{
	const unsigned char *members;
	struct btf_type t;

	return find(btf, BTF_KIND_TYPEDEF, name, &t, &members);
}
