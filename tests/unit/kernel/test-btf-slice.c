// SPDX-License-Identifier: GPL-2.0-only
/* Slices of BTF: libbpf finds in them what it finds in the whole; what is damaged gets an error. */
#include <bpf/btf.h>

#include "test.h"
#include "btf.h"
#include "blob.h"

static const char *const names[] = { "outer", "unknown" };

static uint32_t member(struct blob *b, struct btf_member *m, const char *name, uint32_t type,
		       uint32_t offset)
{
	*m = (struct btf_member){ blob_string(b, name), type, offset };
	return type;
}

/* The type "outer" has a member of each sort that lies in a structure; others have nothing to do
 * with it. */
static void fill(struct blob *b)
{
	static const struct enumerator colours[] = { { "RED", 0 }, {} };
	struct btf_member m[9], in_inner, in_far;
	uint32_t integer, inner, far, pointer, array, typedefed, colour, bits, forward, number;
	struct btf_array a;

	blob_init(b);
	blob_any(b, "outer", BTF_KIND_FUNC, 0);
	integer = blob_type(b, "int", BTF_KIND_INT, 0, 4, &(uint32_t){ 32 }, 4);
	member(b, &in_far, "far_member", integer, 0);
	far = blob_type(b, "far", BTF_KIND_STRUCT, 1, 4, &in_far, sizeof(in_far));
	pointer = blob_type(b, "", BTF_KIND_PTR, 0, far, NULL, 0);
	member(b, &in_inner, "inner_member", integer, 0);
	inner = blob_type(b, "inner", BTF_KIND_STRUCT, 1, 4, &in_inner, sizeof(in_inner));
	a = (struct btf_array){ .type = inner, .index_type = integer, .nelems = 3 };
	array = blob_type(b, "", BTF_KIND_ARRAY, 0, 0, &a, sizeof(a));
	typedefed = blob_type(b, "inner_t", BTF_KIND_TYPEDEF, 0, inner, NULL, 0);
	typedefed = blob_type(b, "", BTF_KIND_CONST, 0, typedefed, NULL, 0);
	typedefed = blob_type(b, "", BTF_KIND_VOLATILE, 0, typedefed, NULL, 0);
	colour = blob_enum(b, "colour", colours);
	bits = blob_type(b, "", BTF_KIND_UNION, 1, 4, &in_inner, sizeof(in_inner));
	forward = blob_type(b, "forward", BTF_KIND_FWD, 0, 0, NULL, 0);
	number = blob_type(b, "double", BTF_KIND_FLOAT, 0, 8, NULL, 0);
	member(b, &m[0], "integer", integer, 0);
	member(b, &m[1], "pointer", pointer, 64);
	member(b, &m[2], "array", array, 128);
	member(b, &m[3], "typedefed", typedefed, 224);
	member(b, &m[4], "colour", colour, 256);
	member(b, &m[5], "", bits, 288);
	member(b, &m[6], "forward", forward, 320);
	member(b, &m[7], "number", number, 320);
	member(b, &m[8], "inner", inner, 384);
	blob_type(b, "outer", BTF_KIND_STRUCT, ARRAY_SIZE(m), 52, m, sizeof(m));
	blob_type(b, "other", BTF_KIND_STRUCT, 1, 4, &in_far, sizeof(in_far));
}

static int slice(const void *bytes, size_t len, struct btf **ret)
{
	CLEANUP(raw_btf_freep) struct raw_btf *btf = NULL;
	void *part = NULL;
	size_t part_len = 0;
	int r = raw_btf_new(bytes, len, &btf);

	if (r == 0)
		r = btf_slice(btf, names, ARRAY_SIZE(names), &part, &part_len);
	*ret = r == 0 ? btf__new(part, part_len) : NULL;
	free(part);
	return r;
}

static int slice_of(const struct blob *b, struct btf **ret)
{
	size_t len;
	unsigned char *bytes = blob_bytes(b, &len);
	int r = slice(bytes, len, ret);

	free(bytes);
	return r;
}

static const struct btf_member *member_of(const struct btf *btf, const char *structure,
					  const char *name)
{
	int id = btf__find_by_name_kind(btf, structure, BTF_KIND_STRUCT);
	const struct btf_type *t = id < 0 ? NULL : btf__type_by_id(btf, id);

	for (uint32_t i = 0; t && i < btf_vlen(t); i++)
		if (strcmp(btf__name_by_offset(btf, btf_members(t)[i].name_off), name) == 0)
			return &btf_members(t)[i];
	return NULL;
}

static const struct btf_type *type_of(const struct btf *btf, const char *name)
{
	const struct btf_member *m = member_of(btf, "outer", name);

	assert_non_null(m);
	return btf__type_by_id(btf, m->type);
}

TEST(what_lies_inside_comes_along_and_no_more)
{
	const struct btf_type *t;
	struct btf *btf;
	struct blob b;

	fill(&b);
	assert_int_equal(slice_of(&b, &btf), 0);
	assert_non_null(btf);
	assert_int_equal(member_of(btf, "outer", "typedefed")->offset, 224);
	assert_int_equal(member_of(btf, "outer", "inner")->offset, 384);
	assert_int_equal(member_of(btf, "outer", "")->offset, 288);
	assert_int_equal(member_of(btf, "inner", "inner_member")->offset, 0);
	assert_int_equal(
		btf__type_by_id(btf, btf__find_by_name_kind(btf, "outer", BTF_KIND_STRUCT))->size,
		52);
	t = type_of(btf, "pointer");
	assert_true(btf_is_ptr(t) && t->type == 0);
	assert_int_equal(btf__resolve_size(btf, member_of(btf, "outer", "array")->type), 12);
	assert_int_equal(btf__resolve_size(btf, member_of(btf, "outer", "typedefed")->type), 4);
	t = type_of(btf, "colour");
	assert_true(btf_is_enum(t) && btf_vlen(t) == 0 && t->size == 4);
	assert_true(btf_is_union(type_of(btf, "")));
	assert_true(btf_is_float(type_of(btf, "number")));
	assert_true(btf__find_by_name(btf, "far") < 0);
	assert_true(btf__find_by_name(btf, "other") < 0);
	assert_true(btf__find_by_name_kind(btf, "outer", BTF_KIND_FUNC) < 0);
	btf__free(btf);
}

TEST(without_such_a_structure_it_is_empty)
{
	struct btf *btf;
	struct blob b;

	blob_init(&b);
	blob_any(&b, "outer", BTF_KIND_STRUCT, 0);
	blob_any(&b, "outer", BTF_KIND_TYPEDEF, 0);
	assert_int_equal(slice_of(&b, &btf), 0);
	assert_int_equal(btf__type_cnt(btf), 1);
	btf__free(btf);
}

TEST(members_that_lead_nowhere_are_refused)
{
	for (uint32_t type = 0; type < 6; type++) {
		struct btf_member m = { .type = type };
		struct btf *btf;
		struct blob b;

		/* 1 is a function, 2 the structure itself, and beyond that there is nothing */
		blob_init(&b);
		blob_any(&b, "function", BTF_KIND_FUNC_PROTO, 0);
		blob_type(&b, "outer", BTF_KIND_STRUCT, 1, 8, &m, sizeof(m));
		assert_int_equal(slice_of(&b, &btf), type == 0 || type == 2 ? 0 : -EBADMSG);
		btf__free(btf);
	}
}

TEST(damage_gives_an_error_or_what_libbpf_can_read)
{
	static const unsigned char flips[] = { 0x01, 0x04, 0x10, 0x40, 0x80, 0xff };
	unsigned char *bytes;
	struct btf *btf;
	struct blob b;
	size_t len;

	fill(&b);
	bytes = blob_bytes(&b, &len);
	for (size_t i = 0; i < len * ARRAY_SIZE(flips); i++) {
		unsigned char *at = &bytes[i / ARRAY_SIZE(flips)],
			      flip = flips[i % ARRAY_SIZE(flips)];
		int r;

		*at ^= flip;
		r = slice(bytes, len, &btf);
		assert_true(r == 0 || r == -EBADMSG);
		assert_true(r != 0 || btf);
		btf__free(btf);
		*at ^= flip;
	}
	for (size_t n = 0; n < len; n++) {
		unsigned char *cut = malloc(n);

		memcpy(cut, bytes, n);
		assert_int_equal(slice(cut, n, &btf), -EBADMSG);
		free(cut);
	}
	free(bytes);
}

/* The kernel is the one that runs here. */
TEST(members_are_where_the_whole_has_them)
{
	static const char *const wanted[] = { "cgroup", "task_struct" };
	CLEANUP(raw_btf_freep) struct raw_btf *raw = NULL;
	struct btf *whole, *slice;
	size_t part_len;
	void *part;

	if (raw_btf_open(&raw) == -ENOENT)
		skip();
	assert_non_null(raw);
	assert_int_equal(btf_slice(raw, wanted, ARRAY_SIZE(wanted), &part, &part_len), 0);
	assert_true(part_len < raw_btf_size(raw) / 4);
	whole = btf__parse(BTF_PATH, NULL);
	slice = btf__new(part, part_len);
	assert_non_null(whole);
	assert_non_null(slice);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		int id = btf__find_by_name_kind(whole, wanted[i], BTF_KIND_STRUCT);
		const struct btf_type *t = btf__type_by_id(whole, id);

		assert_non_null(t);
		for (uint32_t j = 0; j < btf_vlen(t); j++) {
			const struct btf_member *m = &btf_members(t)[j], *found;
			const char *name = btf__name_by_offset(whole, m->name_off);

			if (!*name)
				continue;
			found = member_of(slice, wanted[i], name);
			assert_non_null(found);
			assert_int_equal(found->offset, m->offset);
			assert_int_equal(btf__resolve_size(slice, found->type),
					 btf__resolve_size(whole, m->type));
		}
	}
	btf__free(whole);
	btf__free(slice);
	free(part);
}
