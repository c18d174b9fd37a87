// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "btf-types.h"
#include "btf.h"
#include "util.h"

struct slice {
	const struct raw_btf *from;
	uint32_t *ids;	 /* what a type has become, by id; 0: not part of the slice */
	uint32_t *queue; /* ids in the order in which they are written */
	uint32_t n;
	FILE *types, *strings;
};

/* The id that a type has in the slice, which gets it if need be. */
static int take(struct slice *s, uint32_t id, uint32_t *ret)
{
	if (id >= s->from->n)
		return -EBADMSG;
	if (id && !s->ids[id]) {
		s->queue[s->n++] = id;
		s->ids[id] = s->n;
	}
	*ret = s->ids[id];
	return 0;
}

static int put_name(struct slice *s, uint32_t offset, uint32_t *ret)
{
	if (offset >= s->from->strings_len)
		return -EBADMSG;
	*ret = 0;
	if (s->from->strings[offset] == '\0')
		return 0;
	*ret = ftell(s->strings);
	fputs(s->from->strings + offset, s->strings);
	fputc('\0', s->strings);
	return 0;
}

static int put_members(struct slice *s, const unsigned char *members, uint32_t n)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < n; i++) {
		struct btf_member m;

		memcpy(&m, members + i * sizeof(m), sizeof(m));
		r = put_name(s, m.name_off, &m.name_off);
		if (r == 0)
			r = take(s, m.type, &m.type);
		fwrite(&m, sizeof(m), 1, s->types);
	}
	return r;
}

static int put_array(struct slice *s, const unsigned char *members)
{
	struct btf_array a;
	int r;

	memcpy(&a, members, sizeof(a));
	r = take(s, a.type, &a.type);
	if (r == 0)
		r = take(s, a.index_type, &a.index_type);
	fwrite(&a, sizeof(a), 1, s->types);
	return r;
}

static int put_type(struct slice *s, const struct btf_type *from, const unsigned char *members)
{
	struct btf_type t = *from;
	int r = put_name(s, t.name_off, &t.name_off);

	if (r < 0)
		return r;
	switch (BTF_INFO_KIND(t.info)) {
	case BTF_KIND_PTR:
		t.type = 0;
		break;
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
		r = take(s, t.type, &t.type);
		break;
	case BTF_KIND_ENUM:
	case BTF_RAW_ENUM64:
		t.info &= ~0xffffU; /* without enumerators */
		break;
	case BTF_KIND_INT:
	case BTF_KIND_FWD:
	case BTF_KIND_FLOAT:
	case BTF_KIND_ARRAY:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		break;
	default: /* nothing that lies in a structure */
		return -EBADMSG;
	}
	fwrite(&t, sizeof(t), 1, s->types);
	switch (BTF_INFO_KIND(t.info)) {
	case BTF_KIND_INT:
		fwrite(members, sizeof(uint32_t), 1, s->types);
		break;
	case BTF_KIND_ARRAY:
		r = put_array(s, members);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		r = put_members(s, members, BTF_INFO_VLEN(t.info));
		break;
	}
	return r;
}

static int by_name(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

#define FILTER_BITS 4096

/* Of the first three characters. */
static unsigned int filter_bit(const char *name)
{
	const unsigned char *c = (const unsigned char *)name;

	return c[0] && c[1] ? (c[0] ^ c[1] << 3 ^ c[2] << 6) % FILTER_BITS : c[0];
}

/*
 * Those of the names are the first of the queue. Nearly all of ten thousand structures are not, which is seen without
 * a search for most of them.
 */
static int take_roots(struct slice *s, const char *const *names, size_t n)
{
	bool filter[FILTER_BITS] = {};

	for (size_t i = 0; i < n; i++)
		filter[filter_bit(names[i])] = true;
	for (uint32_t id = 1; n && id < s->from->n; id++) {
		const unsigned char *members;
		const struct btf_type t = raw_btf_type(s->from, id, &members);
		const char *name = s->from->strings + t.name_off;
		uint32_t kind = BTF_INFO_KIND(t.info), unused;
		int r = 0;

		if ((kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION) && BTF_INFO_VLEN(t.info) &&
		    filter[filter_bit(name)] && bsearch(name, names, n, sizeof(*names), by_name))
			r = take(s, id, &unused);
		if (r < 0)
			return r;
	}
	return 0;
}

static int put_types(struct slice *s)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < s->n; i++) {
		const unsigned char *members;
		const struct btf_type t = raw_btf_type(s->from, s->queue[i], &members);

		r = put_type(s, &t, members);
	}
	return r;
}

static int assemble(const char *types, size_t types_len, const char *strings, size_t strings_len,
		    void **ret, size_t *ret_len)
{
	struct btf_header h = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(h),
		.type_len = types_len,
		.str_off = types_len,
		.str_len = strings_len,
	};
	char *all = malloc(sizeof(h) + types_len + strings_len);

	if (!all)
		return -ENOMEM;
	memcpy(all, &h, sizeof(h));
	memcpy(all + sizeof(h), types, types_len);
	memcpy(all + sizeof(h) + types_len, strings, strings_len);
	*ret = all;
	*ret_len = sizeof(h) + types_len + strings_len;
	return 0;
}

/* Fills the streams, and closes them. */
static int make(struct slice *s, const char *const *names, size_t n)
{
	bool failed;
	int r;

	fputc('\0', s->strings);
	r = take_roots(s, names, n);
	if (r == 0)
		r = put_types(s);
	failed = ferror(s->types) || ferror(s->strings);
	if (fclose(s->types) != 0 || fclose(s->strings) != 0 || failed)
		return -ENOMEM;
	return r;
}

int btf_slice(const struct raw_btf *btf, const char *const *names, size_t n, void **ret,
	      size_t *ret_len)
{
	CLEANUP(free_charp) char *types = NULL;
	CLEANUP(free_charp) char *strings = NULL;
	CLEANUP(free_charp) char *memory = calloc(2 * (size_t)btf->n, sizeof(uint32_t));
	size_t types_len, strings_len;
	struct slice s = { .from = btf };
	int r;

	if (!memory)
		return -ENOMEM;
	s.ids = (uint32_t *)memory;
	s.queue = s.ids + btf->n;
	s.types = open_memstream(&types, &types_len);
	if (!s.types)
		return -ENOMEM;
	s.strings = open_memstream(&strings, &strings_len);
	if (!s.strings) {
		fclose(s.types);
		return -ENOMEM;
	}
	r = make(&s, names, n);
	return r < 0 ? r : assemble(types, types_len, strings, strings_len, ret, ret_len);
}
