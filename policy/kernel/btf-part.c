// SPDX-License-Identifier: GPL-2.0-only
#include "btf-part.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

struct buffer {
	unsigned char *bytes;
	size_t len, size;
};

struct part {
	const struct raw_btf *from;
	uint32_t *offsets; /* [from->n_types + 1]: of each type, by its id */
	uint32_t *ids;	   /* the same: its id in the part, 0: it is not there */
	uint32_t *taken; /* the same: the types of the part, in the order of their new ids from 1 */
	uint32_t n_taken;
	struct buffer types, strings;
};

static void part_done(struct part *p)
{
	free(p->offsets);
	free(p->ids);
	free(p->taken);
	free(p->types.bytes);
	free(p->strings.bytes);
}

static int append(struct buffer *b, const void *bytes, size_t len)
{
	if (!b->bytes || b->size - b->len < len) {
		size_t size = 2 * (b->size + len) + 64;
		unsigned char *bigger = realloc(b->bytes, size);

		if (!bigger)
			return -ENOMEM;
		b->bytes = bigger;
		b->size = size;
	}
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
	return 0;
}

/* Without the flavor. */
static int compare_name(const char *name, const char *key)
{
	size_t len = strlen(key);
	int r = strncmp(name, key, len);

	return r || !name[len] || strncmp(name + len, "___", 3) == 0 ? r : 1;
}

static bool is_named(const char *name, const char *const *names, size_t n)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int r = compare_name(name, names[middle]);

		if (r == 0)
			return true;
		if (r < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

/* The id that a type has in the part, which it is now in. void stays void. */
static int take(struct part *p, uint32_t *id)
{
	if (*id > p->from->n_types)
		return -EBADMSG;
	if (*id && !p->ids[*id]) {
		p->taken[++p->n_taken] = *id;
		p->ids[*id] = p->n_taken;
	}
	*id = p->ids[*id];
	return 0;
}

static bool can_be_root(uint32_t kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || kind == BTF_KIND_ENUM ||
	       kind == BTF_RAW_ENUM64;
}

static int take_named(struct part *p, const char *const *names, size_t n)
{
	uint32_t id = 0;
	int r = 0;

	for (size_t offset = 0; r == 0 && offset < p->from->types_len;) {
		struct btf_type t;
		uint32_t taken = ++id;

		p->offsets[id] = offset;
		r = btf_raw_next(p->from, &offset, &t);
		if (r == 0 && can_be_root(BTF_INFO_KIND(t.info)) && t.name_off &&
		    is_named(p->from->strings + t.name_off, names, n))
			r = take(p, &taken);
	}
	return r;
}

/* Each begins with the offset of a name. */
static int copy_name(struct part *p, void *at)
{
	uint32_t from, to = p->strings.len;
	const char *name;
	int r;

	memcpy(&from, at, sizeof(from));
	if (from >= p->from->strings_len)
		return -EBADMSG;
	name = p->from->strings + from;
	if (!*name)
		to = 0;
	r = *name ? append(&p->strings, name, strlen(name) + 1) : 0;
	memcpy(at, &to, sizeof(to));
	return r;
}

static int take_at(struct part *p, void *at)
{
	uint32_t id;
	int r;

	memcpy(&id, at, sizeof(id));
	r = take(p, &id);
	memcpy(at, &id, sizeof(id));
	return r;
}

/* Copies vlen entries of this size: each has a name, those of structs and unions a type, too. */
static int copy_members(struct part *p, unsigned char *at, size_t size, uint32_t vlen, bool types)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < vlen; i++, at += size) {
		r = copy_name(p, at);
		if (r == 0 && types)
			r = take_at(p, at + offsetof(struct btf_member, type));
	}
	return r;
}

/* Copies what lies behind the head of a type, and takes what it refers to. */
static int copy_rest(struct part *p, struct btf_type *t, unsigned char *rest)
{
	const uint32_t vlen = BTF_INFO_VLEN(t->info);
	int r;

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return copy_members(p, rest, sizeof(struct btf_member), vlen, true);
	case BTF_KIND_ENUM:
		return copy_members(p, rest, sizeof(struct btf_enum), vlen, false);
	case BTF_RAW_ENUM64:
		return copy_members(p, rest, 3 * sizeof(uint32_t), vlen, false);
	case BTF_KIND_ARRAY:
		r = take_at(p, rest + offsetof(struct btf_array, type));
		return r < 0 ? r : take_at(p, rest + offsetof(struct btf_array, index_type));
	case BTF_KIND_PTR:
		t->type = 0;
		return 0;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		return take_at(p, &t->type);
	case BTF_KIND_INT:
	case BTF_KIND_FWD:
	case BTF_KIND_FLOAT:
		return 0;
	}
	return -EBADMSG; /* it lies in no other */
}

static int copy_type(struct part *p, uint32_t id)
{
	size_t at = p->offsets[id], end = at, to = p->types.len;
	struct btf_type t;
	int r = btf_raw_next(p->from, &end, &t);

	if (r == 0)
		r = append(&p->types, p->from->types + at, end - at);
	if (r == 0)
		r = copy_name(p, &t.name_off);
	if (r == 0)
		r = copy_rest(p, &t, p->types.bytes + to + sizeof(t));
	if (r == 0)
		memcpy(p->types.bytes + to, &t, sizeof(t));
	return r;
}

static int assemble(const struct part *p, void **ret_bytes, size_t *ret_len)
{
	const struct btf_header h = { .magic = BTF_MAGIC,
				      .version = 1,
				      .hdr_len = sizeof(h),
				      .type_len = p->types.len,
				      .str_off = p->types.len,
				      .str_len = p->strings.len };
	struct buffer all = {};
	int r = append(&all, &h, sizeof(h));

	if (r == 0 && p->types.len)
		r = append(&all, p->types.bytes, p->types.len);
	if (r == 0)
		r = append(&all, p->strings.bytes, p->strings.len);
	if (r < 0) {
		free(all.bytes);
		return r;
	}
	*ret_bytes = all.bytes;
	*ret_len = all.len;
	return 0;
}

int btf_part(const struct raw_btf *btf, const char *const *names, size_t n, void **ret_bytes,
	     size_t *ret_len)
{
	CLEANUP(part_done) struct part p = { .from = btf };
	int r;

	p.offsets = calloc(btf->n_types + 1, sizeof(*p.offsets));
	p.ids = calloc(btf->n_types + 1, sizeof(*p.ids));
	p.taken = calloc(btf->n_types + 1, sizeof(*p.taken));
	r = p.offsets && p.ids && p.taken ? append(&p.strings, "", 1) : -ENOMEM;
	if (r == 0)
		r = take_named(&p, names, n);
	/* what is taken while it goes on comes at the end */
	for (uint32_t i = 1; r == 0 && i <= p.n_taken; i++)
		r = copy_type(&p, p.taken[i]);
	return r < 0 ? r : assemble(&p, ret_bytes, ret_len);
}
