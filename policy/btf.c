// SPDX-License-Identifier: GPL-2.0-only
#include "btf.h"

#include <errno.h>
#include <linux/btf.h>
#include <string.h>

#include "util.h"

/* Kinds newer than the oldest headers we build against (BTF_KIND_ENUM64 came with 6.0). */
#define KIND_ENUM64 19

struct walk {
	const unsigned char *types;
	size_t types_len;
	const char *strings;
	size_t strings_len;
	size_t offset; /* of the next type */
	uint32_t id;   /* of the current one */
};

/* The members that follow a struct btf_type, per kind: a fixed part and one per vlen. */
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
	[KIND_ENUM64] = { 0, 12 },
};

static int walk_begin(struct walk *w, const void *btf, size_t len)
{
	struct btf_header h;
	const unsigned char *base = btf;

	if (len < sizeof(h))
		return -EBADMSG;
	memcpy(&h, btf, sizeof(h));
	if (h.magic != BTF_MAGIC || h.version != 1 || h.hdr_len < sizeof(h) || h.hdr_len > len)
		return -EBADMSG;
	len -= h.hdr_len;
	if (h.type_off > len || h.type_len > len - h.type_off || h.str_off > len ||
	    h.str_len > len - h.str_off || h.str_len == 0)
		return -EBADMSG;
	*w = (struct walk){
		.types = base + h.hdr_len + h.type_off,
		.types_len = h.type_len,
		.strings = (const char *)base + h.hdr_len + h.str_off,
		.strings_len = h.str_len,
	};
	return w->strings[w->strings_len - 1] == '\0' ? 0 : -EBADMSG;
}

/* 1 and a type, 0 at the end, or -EBADMSG. *ret_members points at what follows the type. */
static int walk_next(struct walk *w, struct btf_type *ret_type, const unsigned char **ret_members)
{
	size_t size, left = w->types_len - w->offset;
	struct btf_type t;
	uint32_t kind;

	if (left == 0)
		return 0;
	if (left < sizeof(t))
		return -EBADMSG;
	memcpy(&t, w->types + w->offset, sizeof(t));
	kind = BTF_INFO_KIND(t.info);
	if (kind == BTF_KIND_UNKN || kind >= ARRAY_SIZE(extra))
		return -EBADMSG;
	size = sizeof(t) + extra[kind].fixed + (size_t)extra[kind].each * BTF_INFO_VLEN(t.info);
	if (size > left || t.name_off >= w->strings_len)
		return -EBADMSG;
	*ret_type = t;
	*ret_members = w->types + w->offset + sizeof(t);
	w->offset += size;
	w->id++;
	return 1;
}

int btf_each_enumerator(const void *btf, size_t len, const char *name, btf_enumerator_fn fn,
			void *arg)
{
	const unsigned char *members;
	struct btf_type t;
	struct walk w;
	int r;

	r = walk_begin(&w, btf, len);
	if (r < 0)
		return r;
	while ((r = walk_next(&w, &t, &members)) > 0) {
		if (BTF_INFO_KIND(t.info) != BTF_KIND_ENUM || BTF_INFO_VLEN(t.info) == 0 ||
		    strcmp(w.strings + t.name_off, name) != 0)
			continue;
		for (size_t i = 0; i < BTF_INFO_VLEN(t.info); i++) {
			struct btf_enum e;

			memcpy(&e, members + i * sizeof(e), sizeof(e));
			if (e.name_off >= w.strings_len)
				return -EBADMSG;
			r = fn(w.strings + e.name_off, (uint32_t)e.val, arg);
			if (r)
				return r;
		}
		return 0;
	}
	return r < 0 ? r : -ENOENT;
}

int btf_find_function(const void *btf, size_t len, const char *name, uint32_t *ret_id)
{
	const unsigned char *members;
	struct btf_type t;
	struct walk w;
	int r;

	r = walk_begin(&w, btf, len);
	if (r < 0)
		return r;
	while ((r = walk_next(&w, &t, &members)) > 0) {
		if (BTF_INFO_KIND(t.info) == BTF_KIND_FUNC &&
		    strcmp(w.strings + t.name_off, name) == 0) {
			*ret_id = w.id;
			return 0;
		}
	}
	return r < 0 ? r : -ENOENT;
}
