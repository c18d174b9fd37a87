// SPDX-License-Identifier: GPL-2.0-only
#include "blob.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

void blob_init(struct blob *b)
{
	memset(b, 0, sizeof(*b));
	b->header = (struct btf_header){ .magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(b->header),
					 .str_len = 1 };
}

uint32_t blob_string(struct blob *b, const char *s)
{
	uint32_t at = b->header.str_len;
	size_t size = strlen(s) + 1;

	if (size == 1)
		return 0;
	assert_true(at + size <= sizeof(b->strings));
	memcpy(b->strings + at, s, size);
	b->header.str_len += size;
	return at;
}

static void append(struct blob *b, const void *bytes, size_t len)
{
	assert_true(b->header.type_len + len <= sizeof(b->types));
	if (len)
		memcpy(b->types + b->header.type_len, bytes, len);
	b->header.type_len += len;
}

uint32_t blob_type(struct blob *b, const char *name, unsigned int kind, unsigned int vlen, uint32_t size,
		   const void *members, size_t members_len)
{
	struct btf_type t = { .name_off = blob_string(b, name), .info = kind << 24 | vlen,
			      .size = size };

	append(b, &t, sizeof(t));
	append(b, members, members_len);
	return ++b->last_id;
}

uint32_t blob_any(struct blob *b, const char *name, unsigned int kind, unsigned int vlen)
{
	/* bytes: once, and per vlen */
	static const unsigned char sizes[BLOB_KIND_MAX + 1][2] = {
		[1] = { 4, 0 }, [3] = { 12, 0 }, [4] = { 0, 12 }, [5] = { 0, 12 }, [6] = { 0, 8 },
		[13] = { 0, 8 }, [14] = { 4, 0 }, [15] = { 0, 12 }, [17] = { 4, 0 }, [19] = { 0, 12 },
	};
	static const unsigned char zeros[256];
	size_t len = sizes[kind][0] + sizes[kind][1] * vlen;

	assert_true(len <= sizeof(zeros));
	return blob_type(b, name, kind, vlen, 0, zeros, len);
}

uint32_t blob_enum(struct blob *b, const char *name, const struct enumerator *rows)
{
	struct btf_enum members[128];
	unsigned int n;

	for (n = 0; rows[n].name; n++) {
		assert_true(n < sizeof(members) / sizeof(members[0]));
		members[n].name_off = blob_string(b, rows[n].name);
		members[n].val = rows[n].value;
	}
	return blob_type(b, name, BTF_KIND_ENUM, n, 4, members, n * sizeof(members[0]));
}

unsigned char *blob_bytes(const struct blob *b, size_t *ret_len)
{
	struct btf_header h = b->header;
	size_t len = sizeof(h) + h.type_len + h.str_len;
	unsigned char *bytes = malloc(len);

	assert_non_null(bytes);
	h.str_off = h.type_len;
	memcpy(bytes, &h, sizeof(h));
	memcpy(bytes + sizeof(h), b->types, h.type_len);
	memcpy(bytes + sizeof(h) + h.type_len, b->strings, h.str_len);
	*ret_len = len;
	return bytes;
}

int blob_btf(const struct blob *b, struct raw_btf **ret)
{
	size_t len;
	unsigned char *bytes = blob_bytes(b, &len);
	int r = btf_raw_new(bytes, len, ret);

	if (r < 0)
		free(bytes);
	else
		(*ret)->copy = bytes;
	return r;
}
