// SPDX-License-Identifier: GPL-2.0-only
/* BTF, sound and damaged: what is damaged gets an error, never a wrong answer or a stray read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"
#include "util.h"
#include "blob.h"

static const struct enumerator colours[] = { { "RED", 0 }, { "GREEN", 7 }, { "BLUE", -1 }, {} };

#define FUNCTION "bpf_lsm_locked_down"

/* What a walk has brought, and the bytes that each name must come from. */
struct seen {
	const unsigned char *bytes;
	size_t len;
	size_t n;
	struct {
		char name[64];
		uint32_t value;
	} rows[16];
	int answer;
};

static int see(const char *name, uint32_t value, void *arg)
{
	struct seen *s = arg;
	size_t at = (const unsigned char *)name - s->bytes;

	assert_true(at < s->len);
	assert_non_null(memchr(name, '\0', s->len - at));
	if (s->n < ARRAY_SIZE(s->rows)) {
		strncpy(s->rows[s->n].name, name, sizeof(s->rows[0].name) - 1);
		s->rows[s->n].value = value;
	}
	s->n++;
	return s->answer;
}

static int walk(const unsigned char *bytes, size_t len, struct seen *s)
{
	CLEANUP(btf_raw_freep) struct raw_btf *btf = NULL;
	int answer = s->answer, r;

	*s = (struct seen){ .bytes = bytes, .len = len, .answer = answer };
	r = btf_raw_new(bytes, len, &btf);
	return r < 0 ? r : btf_each_enumerator(btf, "colour", see, s);
}

static int find_function(const unsigned char *bytes, size_t len, uint32_t *ret_id)
{
	CLEANUP(btf_raw_freep) struct raw_btf *btf = NULL;
	int r = btf_raw_new(bytes, len, &btf);
	uint32_t id = r < 0 ? 0 : btf_find_function(btf, FUNCTION);

	if (r < 0)
		return r;
	if (!id)
		return -ENOENT;
	*ret_id = id;
	return 0;
}

static void assert_colours(const struct seen *s)
{
	assert_int_equal(s->n, 3);
	for (size_t i = 0; i < s->n; i++) {
		assert_string_equal(s->rows[i].name, colours[i].name);
		assert_int_equal(s->rows[i].value, (uint32_t)colours[i].value);
	}
}

/* One type of each kind, the enum and the function last. */
static void fill(struct blob *b, uint32_t *ret_function)
{
	blob_init(b);
	for (unsigned int kind = 1; kind <= BLOB_KIND_MAX; kind++)
		blob_any(b, "any", kind, kind == BTF_KIND_FUNC ? 1 : 2);
	blob_enum(b, "colour", colours);
	*ret_function = blob_type(b, FUNCTION, BTF_KIND_FUNC, 1, 0, NULL, 0);
}

static unsigned char *good(size_t *ret_len, uint32_t *ret_function)
{
	struct blob b;

	fill(&b, ret_function);
	return blob_bytes(&b, ret_len);
}

static void every_kind_is_walked_over(void **state)
{
	for (unsigned int kind = 1; kind <= BLOB_KIND_MAX; kind++) {
		for (unsigned int vlen = 0; vlen < 4; vlen++) {
			struct seen s = {};
			struct blob b;
			unsigned char *bytes;
			uint32_t function, found = 0;
			size_t len;

			blob_init(&b);
			blob_any(&b, "before", kind, vlen);
			blob_enum(&b, "colour", colours);
			blob_any(&b, "", kind, vlen);
			function = blob_type(&b, FUNCTION, BTF_KIND_FUNC, 1, 0, NULL, 0);
			bytes = blob_bytes(&b, &len);
			assert_int_equal(walk(bytes, len, &s), 0);
			assert_colours(&s);
			assert_int_equal(find_function(bytes, len, &found), 0);
			assert_int_equal(found, function);
			free(bytes);
		}
	}
}

static void names_are_exact_and_kinds_are_right(void **state)
{
	struct seen s = {};
	struct blob b;
	unsigned char *bytes;
	uint32_t id = 4711;
	size_t len;

	blob_init(&b);
	blob_any(&b, "colour", BTF_KIND_STRUCT, 2);
	blob_any(&b, "colour", BTF_KIND_ENUM, 0); /* a forward declaration */
	blob_enum(&b, "colours", colours);
	blob_enum(&b, "colou", colours);
	blob_any(&b, FUNCTION, BTF_KIND_FUNC_PROTO, 2);
	blob_any(&b, FUNCTION, BTF_KIND_TYPEDEF, 0);
	blob_any(&b, FUNCTION "2", BTF_KIND_FUNC, 0);
	bytes = blob_bytes(&b, &len);
	assert_int_equal(walk(bytes, len, &s), -ENOENT);
	assert_int_equal(s.n, 0);
	assert_int_equal(find_function(bytes, len, &id), -ENOENT);
	assert_int_equal(id, 4711);
	free(bytes);

	blob_enum(&b, "colour", colours);
	bytes = blob_bytes(&b, &len);
	assert_int_equal(walk(bytes, len, &s), 0);
	assert_colours(&s);
	free(bytes);
}

static void what_the_callback_returns_ends_the_walk(void **state)
{
	struct seen s = { .answer = 5 };
	uint32_t function;
	size_t len;
	unsigned char *bytes = good(&len, &function);

	assert_int_equal(walk(bytes, len, &s), 5);
	assert_int_equal(s.n, 1);
	s.answer = -E2BIG;
	assert_int_equal(walk(bytes, len, &s), -E2BIG);
	free(bytes);
}

static void each_truncation_is_refused(void **state)
{
	uint32_t function, found;
	size_t full;
	unsigned char *bytes = good(&full, &function);

	for (size_t len = 0; len < full; len++) {
		/* exactly sized, so that the sanitizer sees every byte read beyond; malloc(0) too */
		unsigned char *cut = malloc(len);
		struct seen s = {};

		memcpy(cut, bytes, len);
		assert_int_equal(walk(cut, len, &s), -EBADMSG);
		assert_int_equal(s.n, 0);
		assert_int_equal(find_function(cut, len, &found), -EBADMSG);
		free(cut);
	}
	free(bytes);
}

/* The header is sound, but a section ends early: an error, or what stands before the cut. */
static void each_shortened_section_gives_an_error_or_a_sound_answer(void **state)
{
	struct blob b;
	uint32_t function;

	fill(&b, &function);
	for (uint32_t cut = 0; cut <= b.header.type_len + b.header.str_len; cut++) {
		struct blob c = b;
		struct seen s = {};
		unsigned char *bytes;
		uint32_t found = 0;
		size_t len;
		int r;

		if (cut < b.header.type_len)
			c.header.type_len = cut;
		else
			c.header.str_len = cut - b.header.type_len;
		bytes = blob_bytes(&c, &len);
		r = walk(bytes, len, &s);
		if (r == 0)
			assert_colours(&s);
		else
			assert_true(r == -EBADMSG || r == -ENOENT);
		r = find_function(bytes, len, &found);
		if (r == 0)
			assert_int_equal(found, function);
		else
			assert_true(r == -EBADMSG || r == -ENOENT);
		free(bytes);
	}
}

static void no_flipped_byte_leads_astray(void **state)
{
	static const unsigned char flips[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x7f, 0xff };
	uint32_t function, found;
	size_t len;
	unsigned char *bytes = good(&len, &function);

	for (size_t i = 0; i < len * ARRAY_SIZE(flips); i++) {
		unsigned char *at = &bytes[i / ARRAY_SIZE(flips)], flip = flips[i % ARRAY_SIZE(flips)];
		struct seen s = {};
		int r;

		*at ^= flip;
		r = walk(bytes, len, &s);
		assert_true(r == 0 || r == -EBADMSG || r == -ENOENT);
		assert_true(r != 0 || s.n > 0);
		found = 0;
		r = find_function(bytes, len, &found);
		assert_true(r == -EBADMSG || r == -ENOENT || (r == 0 && found > 0 && found < 64));
		*at ^= flip;
	}
	free(bytes);
}

struct damage {
	const char *what;
	size_t offset;
	uint32_t value;
	size_t size;
	int expected;
};

static void damaged_headers_are_refused(void **state)
{
#define FIELD(f) offsetof(struct btf_header, f)
	static const struct damage rows[] = {
		{ "nothing", FIELD(flags), 0, 1, 0 },
		{ "flags of the future", FIELD(flags), 0xff, 1, 0 },
		{ "magic of the other byte order", FIELD(magic), 0x9feb, 2, -EBADMSG },
		{ "no magic", FIELD(magic), 0, 2, -EBADMSG },
		{ "version 0", FIELD(version), 0, 1, -EBADMSG },
		{ "version 2", FIELD(version), 2, 1, -EBADMSG },
		{ "short header", FIELD(hdr_len), sizeof(struct btf_header) - 1, 4, -EBADMSG },
		{ "header beyond the end", FIELD(hdr_len), 1 << 20, 4, -EBADMSG },
		{ "header of 4 GiB", FIELD(hdr_len), UINT32_MAX, 4, -EBADMSG },
		{ "types beyond the end", FIELD(type_off), 1 << 20, 4, -EBADMSG },
		{ "types that wrap around", FIELD(type_off), UINT32_MAX, 4, -EBADMSG },
		{ "too many types", FIELD(type_len), 1 << 20, 4, -EBADMSG },
		{ "types of 4 GiB", FIELD(type_len), UINT32_MAX, 4, -EBADMSG },
		{ "strings beyond the end", FIELD(str_off), 1 << 20, 4, -EBADMSG },
		{ "strings that wrap around", FIELD(str_off), UINT32_MAX, 4, -EBADMSG },
		{ "no strings", FIELD(str_len), 0, 4, -EBADMSG },
		{ "too many strings", FIELD(str_len), 1 << 20, 4, -EBADMSG },
		{ "strings of 4 GiB", FIELD(str_len), UINT32_MAX, 4, -EBADMSG },
	};
#undef FIELD

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t function, found;
		struct seen s = {};
		size_t len;
		unsigned char *bytes = good(&len, &function);

		memcpy(bytes + rows[i].offset, &rows[i].value, rows[i].size);
		if (walk(bytes, len, &s) != rows[i].expected)
			fail_msg("%s", rows[i].what);
		assert_int_equal(find_function(bytes, len, &found), rows[i].expected);
		free(bytes);
	}
}

static void a_longer_header_of_a_newer_kernel_is_read(void **state)
{
	uint32_t function, found = 0, hdr_len;
	struct seen s = {};
	size_t len, more = 8;
	unsigned char *bytes = good(&len, &function), *longer = calloc(1, len + more);

	memcpy(longer, bytes, sizeof(struct btf_header));
	hdr_len = sizeof(struct btf_header) + more;
	memcpy(longer + offsetof(struct btf_header, hdr_len), &hdr_len, sizeof(hdr_len));
	memcpy(longer + hdr_len, bytes + sizeof(struct btf_header), len - sizeof(struct btf_header));
	assert_int_equal(walk(longer, len + more, &s), 0);
	assert_colours(&s);
	assert_int_equal(find_function(longer, len + more, &found), 0);
	assert_int_equal(found, function);
	free(bytes);
	free(longer);
}

static void damaged_types_are_refused(void **state)
{
	static const unsigned int kinds[] = { 0, BLOB_KIND_MAX + 1, 31 };
	struct seen s = {};
	unsigned char *bytes;
	struct blob b;
	uint32_t id;
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		blob_init(&b);
		blob_type(&b, "x", kinds[i], 0, 0, NULL, 0);
		blob_enum(&b, "colour", colours);
		bytes = blob_bytes(&b, &len);
		assert_int_equal(walk(bytes, len, &s), -EBADMSG);
		assert_int_equal(find_function(bytes, len, &id), -EBADMSG);
		free(bytes);
	}

	/* more members than there is room for */
	blob_init(&b);
	blob_type(&b, "colour", BTF_KIND_ENUM, 0xffff, 4, NULL, 0);
	bytes = blob_bytes(&b, &len);
	assert_int_equal(walk(bytes, len, &s), -EBADMSG);
	free(bytes);

	/* strings without an end */
	blob_init(&b);
	blob_enum(&b, "colour", colours);
	b.header.str_len--;
	bytes = blob_bytes(&b, &len);
	assert_int_equal(walk(bytes, len, &s), -EBADMSG);
	free(bytes);
}

static void names_beyond_the_strings_are_refused(void **state)
{
	struct btf_enum member = { .name_off = 1 << 20, .val = 1 };
	struct seen s = {};
	unsigned char *bytes;
	struct btf_type t;
	struct blob b;
	size_t len;

	blob_init(&b);
	blob_type(&b, "colour", BTF_KIND_ENUM, 1, 4, &member, sizeof(member));
	bytes = blob_bytes(&b, &len);
	assert_int_equal(walk(bytes, len, &s), -EBADMSG);
	free(bytes);

	blob_init(&b);
	blob_enum(&b, "colour", colours);
	memcpy(&t, b.types, sizeof(t));
	t.name_off = b.header.str_len;
	memcpy(b.types, &t, sizeof(t));
	bytes = blob_bytes(&b, &len);
	assert_int_equal(walk(bytes, len, &s), -EBADMSG);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_walked_over),
		cmocka_unit_test(names_are_exact_and_kinds_are_right),
		cmocka_unit_test(what_the_callback_returns_ends_the_walk),
		cmocka_unit_test(each_truncation_is_refused),
		cmocka_unit_test(each_shortened_section_gives_an_error_or_a_sound_answer),
		cmocka_unit_test(no_flipped_byte_leads_astray),
		cmocka_unit_test(damaged_headers_are_refused),
		cmocka_unit_test(a_longer_header_of_a_newer_kernel_is_read),
		cmocka_unit_test(damaged_types_are_refused),
		cmocka_unit_test(names_beyond_the_strings_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
