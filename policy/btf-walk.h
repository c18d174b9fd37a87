/* SPDX-License-Identifier: GPL-2.0-only */
/* One walk over raw BTF that need not be sound. */
#pragma once

#include <errno.h>
#include <linux/btf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util.h"

/* Newer than the oldest headers we build against (it came with 6.0); its enumerators have three
 * words. */
#define BTF_WALK_ENUM64 19

struct btf_walk {
	const unsigned char *types;
	size_t types_len;
	const char *strings;
	size_t strings_len;
	size_t offset; /* of the next type */
	uint32_t id;   /* of the current one */
};

/* -EBADMSG if it is damaged. */
int btf_walk_begin(struct btf_walk *w, const void *btf, size_t len);

/* The members that follow a struct btf_type, per kind: a fixed part and one per vlen. */
static const struct {
	unsigned char fixed, each;
} btf_walk_extra[] = {
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
	[BTF_WALK_ENUM64] = { 0, 12 },
};

/* 1 and a type, 0 at the end, or -EBADMSG. *ret_members points at what follows the type. Inlined,
 * for there are more than a hundred thousand. */
static inline int btf_walk_next(struct btf_walk *w, struct btf_type *ret_type,
				const unsigned char **ret_members)
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
	if (kind == BTF_KIND_UNKN || kind >= ARRAY_SIZE(btf_walk_extra))
		return -EBADMSG;
	size = sizeof(t) + btf_walk_extra[kind].fixed +
	       (size_t)btf_walk_extra[kind].each * BTF_INFO_VLEN(t.info);
	if (size > left || t.name_off >= w->strings_len)
		return -EBADMSG;
	*ret_type = t;
	*ret_members = w->types + w->offset + sizeof(t);
	w->offset += size;
	w->id++;
	return 1;
}
