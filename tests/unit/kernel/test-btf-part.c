// SPDX-License-Identifier: GPL-2.0-only
/* The part has all that lies in the types that were named, nothing behind pointers, and is sound
 * BTF itself. */
#include "test.h"
#include "blob.h"
#include "btf-part.h"

static const char *const names[] = { "colour", "outer" };

/* Adds a struct or union with these members, at the offsets 0, 32 and so on. */
static uint32_t add_struct(struct blob *b, const char *name, const struct btf_member *members,
			   unsigned int n)
{
	return blob_type(b, name, BTF_KIND_STRUCT, n, 4 * n, members, n * sizeof(*members));
}

/* Adds struct outer { int a; struct other *b; struct inner c; typedef_t d[]; }, and what it leads
 * to. */
static void fill(struct blob *b, uint32_t first_refers_to)
{
	static const struct enumerator colours[] = { { "RED", 0 }, { "BLUE", -1 }, {} };
	struct btf_array array = { .nelems = 3 };
	uint32_t i, other, pointer, inner, alias;

	blob_init(b);
	i = blob_any(b, "int", BTF_KIND_INT, 0);
	other = add_struct(b, "other", NULL, 0);
	pointer = blob_type(b, "", BTF_KIND_PTR, 0, other, NULL, 0);
	inner = add_struct(b, "inner", (struct btf_member[]){ { blob_string(b, "x"), i, 0 } }, 1);
	alias = blob_type(b, "typedef_t", BTF_KIND_TYPEDEF, 0, inner, NULL, 0);
	array.type = alias;
	array.index_type = i;
	array.type = blob_type(b, "", BTF_KIND_ARRAY, 0, 0, &array, sizeof(array));
	blob_enum(b, "colour", colours);
	blob_type(b, "outer", BTF_KIND_FUNC, 0, 0, NULL, 0);
	add_struct(b, "outers", NULL, 0);
	add_struct(b, "outer",
		   (struct btf_member[]){ { blob_string(b, "a"), first_refers_to ?: i, 0 },
					  { blob_string(b, "b"), pointer, 32 },
					  { blob_string(b, "c"), inner, 64 },
					  { blob_string(b, "d"), array.type, 96 } },
		   4);
	add_struct(b, "outer___2", NULL, 0);
}

static int part_of(const struct blob *b, struct raw_btf **ret)
{
	CLEANUP(btf_raw_freep) struct raw_btf *whole = NULL;
	void *bytes;
	size_t len;
	int r;

	assert_int_equal(blob_btf(b, &whole), 0);
	r = btf_part(whole, names, ARRAY_SIZE(names), &bytes, &len);
	if (r < 0)
		return r;
	assert_int_equal(btf_raw_new(bytes, len, ret), 0);
	(*ret)->copy = bytes;
	return 0;
}

/* The id of the first type of this kind and name; *ret_rest lies behind its head. */
static uint32_t find(const struct raw_btf *btf, uint32_t kind, const char *name,
		     struct btf_type *ret, const unsigned char **ret_rest)
{
	size_t offset = 0, at;

	for (uint32_t id = 1; at = offset, offset < btf->types_len; id++) {
		assert_int_equal(btf_raw_next(btf, &offset, ret), 0);
		*ret_rest = btf->types + at + sizeof(*ret);
		if (BTF_INFO_KIND(ret->info) == kind &&
		    strcmp(btf->strings + ret->name_off, name) == 0)
			return id;
	}
	return 0;
}

static int see(const char *name, uint32_t value, void *arg)
{
	assert_string_equal(name, value ? "BLUE" : "RED");
	++*(int *)arg;
	return 0;
}

TEST(all_that_lies_in_a_type_is_there)
{
	CLEANUP(btf_raw_freep) struct raw_btf *part = NULL;
	const unsigned char *rest = NULL;
	struct btf_member members[4], x;
	struct btf_array array;
	struct btf_type t;
	struct blob b;
	int n = 0;

	fill(&b, 0);
	assert_int_equal(part_of(&b, &part), 0);
	assert_int_equal(btf_each_enumerator(part, "colour", see, &n), 0);
	assert_int_equal(n, 2);
	assert_true(find(part, BTF_KIND_STRUCT, "outer", &t, &rest) > 0);
	assert_int_equal(BTF_INFO_VLEN(t.info), 4);
	memcpy(members, rest, sizeof(members));
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		assert_int_equal(part->strings[members[i].name_off], "abcd"[i]);
		assert_int_equal(members[i].offset, 32 * i);
	}
	assert_int_equal(members[0].type, find(part, BTF_KIND_INT, "int", &t, &rest));
	assert_int_equal(members[1].type, find(part, BTF_KIND_PTR, "", &t, &rest));
	assert_int_equal(t.type, 0);
	assert_int_equal(members[2].type, find(part, BTF_KIND_STRUCT, "inner", &t, &rest));
	memcpy(&x, rest, sizeof(x));
	assert_int_equal(part->strings[x.name_off], 'x');
	assert_int_equal(x.type, members[0].type);
	assert_int_equal(members[3].type, find(part, BTF_KIND_ARRAY, "", &t, &rest));
	memcpy(&array, rest, sizeof(array));
	assert_int_equal(array.index_type, members[0].type);
	assert_int_equal(array.nelems, 3);
	assert_int_equal(array.type, find(part, BTF_KIND_TYPEDEF, "typedef_t", &t, &rest));
	assert_int_equal(t.type, members[2].type);
}

TEST(other_types_are_not_there)
{
	CLEANUP(btf_raw_freep) struct raw_btf *part = NULL;
	const unsigned char *rest;
	struct btf_type t;
	struct blob b;

	fill(&b, 0);
	assert_int_equal(part_of(&b, &part), 0);
	assert_int_equal(find(part, BTF_KIND_STRUCT, "other", &t, &rest), 0);
	assert_int_equal(find(part, BTF_KIND_STRUCT, "outers", &t, &rest), 0);
	assert_int_equal(find(part, BTF_KIND_FUNC, "outer", &t, &rest), 0);
	assert_true(find(part, BTF_KIND_STRUCT, "outer___2", &t, &rest) > 0);
	assert_int_equal(part->n_types, 8);
}

TEST(what_leads_out_of_the_types_is_refused)
{
	struct raw_btf *part = NULL;
	struct blob b;

	fill(&b, 1000);
	assert_int_equal(part_of(&b, &part), -EBADMSG);
	fill(&b, 8); /* a function lies in nothing */
	assert_int_equal(part_of(&b, &part), -EBADMSG);
}

TEST(without_any_name_it_is_empty)
{
	CLEANUP(btf_raw_freep) struct raw_btf *whole = NULL;
	CLEANUP(btf_raw_freep) struct raw_btf *part = NULL;
	struct blob b;
	void *bytes;
	size_t len;

	fill(&b, 0);
	assert_int_equal(blob_btf(&b, &whole), 0);
	assert_int_equal(btf_part(whole, NULL, 0, &bytes, &len), 0);
	assert_int_equal(btf_raw_new(bytes, len, &part), 0);
	part->copy = bytes;
	assert_int_equal(part->n_types, 0);
}
