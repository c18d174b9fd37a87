// SPDX-License-Identifier: GPL-2.0-only
#include "btf.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "btf-types.h"
#include "util.h"

/* What follows a struct btf_type, per kind: a fixed part and one per vlen. */
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

/* Where types and strings are. */
static int read_header(struct raw_btf *btf, const void *bytes, size_t len, size_t *ret_types_len)
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
	btf->strings = (const char *)base + h.hdr_len + h.str_off;
	btf->strings_len = h.str_len;
	*ret_types_len = h.type_len;
	return btf->strings[btf->strings_len - 1] == '\0' ? 0 : -EBADMSG;
}

/* Where each type is. */
static int index_types(struct raw_btf *btf, size_t len)
{
	size_t offset = 0;

	btf->offsets = malloc((len / sizeof(struct btf_type) + 1) * sizeof(*btf->offsets));
	if (!btf->offsets)
		return -ENOMEM;
	for (btf->n = 1; offset < len; btf->n++) {
		struct btf_type t;
		uint32_t kind;

		if (len - offset < sizeof(t))
			return -EBADMSG;
		memcpy(&t, btf->types + offset, sizeof(t));
		kind = BTF_INFO_KIND(t.info);
		if (kind == BTF_KIND_UNKN || kind >= ARRAY_SIZE(extra) ||
		    t.name_off >= btf->strings_len)
			return -EBADMSG;
		btf->offsets[btf->n] = offset;
		offset += sizeof(t) + extra[kind].fixed +
			  (size_t)extra[kind].each * BTF_INFO_VLEN(t.info);
		if (offset > len)
			return -EBADMSG;
	}
	return 0;
}

int raw_btf_new(const void *bytes, size_t len, struct raw_btf **ret)
{
	CLEANUP(raw_btf_freep) struct raw_btf *btf = calloc(1, sizeof(*btf));
	size_t types_len;
	int r;

	if (!btf)
		return -ENOMEM;
	r = read_header(btf, bytes, len, &types_len);
	if (r == 0)
		r = index_types(btf, types_len);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(btf);
	return 0;
}

struct raw_btf *raw_btf_free(struct raw_btf *btf)
{
	if (!btf)
		return NULL;
	if (btf->mapped)
		munmap(btf->mapped, btf->size);
	free(btf->copy);
	free(btf->offsets);
	free(btf);
	return NULL;
}

void raw_btf_freep(struct raw_btf **btf)
{
	raw_btf_free(*btf);
}

size_t raw_btf_size(const struct raw_btf *btf)
{
	return btf->size;
}

static int each_enumerator_of(const struct raw_btf *btf, const unsigned char *members, size_t n,
			      btf_enumerator_fn fn, void *arg)
{
	for (size_t i = 0; i < n; i++) {
		struct btf_enum e;
		int r;

		memcpy(&e, members + i * sizeof(e), sizeof(e));
		if (e.name_off >= btf->strings_len)
			return -EBADMSG;
		r = fn(btf->strings + e.name_off, (uint32_t)e.val, arg);
		if (r)
			return r;
	}
	return 0;
}

int btf_each_enumerator(const struct raw_btf *btf, const char *name, btf_enumerator_fn fn,
			void *arg)
{
	for (uint32_t id = 1; id < btf->n; id++) {
		const unsigned char *members;
		struct btf_type t = raw_btf_type(btf, id, &members);

		if (BTF_INFO_KIND(t.info) == BTF_KIND_ENUM && BTF_INFO_VLEN(t.info) > 0 &&
		    strcmp(btf->strings + t.name_off, name) == 0)
			return each_enumerator_of(btf, members, BTF_INFO_VLEN(t.info), fn, arg);
	}
	return -ENOENT;
}

static bool is(const struct btf_wanted *wanted, uint32_t kind, const char *name)
{
	/* the first byte tells most of them apart, without a call */
	return wanted->kind == kind && *wanted->name == *name && strcmp(wanted->name, name) == 0;
}

void btf_find(const struct raw_btf *btf, struct btf_wanted *wanted, size_t n)
{
	uint32_t kinds = 0;
	size_t left = n;

	for (size_t i = 0; i < n; i++) {
		wanted[i].id = 0;
		kinds |= 1U << wanted[i].kind;
	}
	for (uint32_t id = 1; id < btf->n && left; id++) {
		const unsigned char *members;
		struct btf_type t = raw_btf_type(btf, id, &members);
		const uint32_t kind = BTF_INFO_KIND(t.info);

		if (!(kinds & 1U << kind))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (wanted[i].id || !is(&wanted[i], kind, btf->strings + t.name_off))
				continue;
			wanted[i].id = id;
			left--;
		}
	}
}

uint32_t btf_find_function(const struct raw_btf *btf, const char *name)
{
	struct btf_wanted wanted = { .kind = BTF_KIND_FUNC, .name = name };

	btf_find(btf, &wanted, 1);
	return wanted.id;
}
