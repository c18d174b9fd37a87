// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"
#include "policy-part.h"
#include "policy-rows.h"
#include "grants.h"
#include "ruleset.h"

static void add(struct policy *p, const char *path, uint64_t mark)
{
	struct rule *r = policy_add_rule(p, path);

	assert_non_null(r);
	r->rules.block = mark;
	r->runtime = mark % 2;
	r->like_host = mark % 3 == 0;
	r->keys = mark % 16;
	r->own_block = r->like_host ? mark << 8 : 0;
	r->own_allow = r->like_host ? mark << 9 : 0;
	snprintf(r->source, sizeof(r->source), "source of %llu", (unsigned long long)mark);
}

static uint32_t find(const struct policy_rows *b, uint32_t parent, const char *name, size_t len)
{
	for (uint32_t row = 1; row < b->n; row++)
		if (b->nodes[row].parent == parent && strlen(b->nodes[row].name) == len &&
		    memcmp(b->nodes[row].name, name, len) == 0)
			return row;
	return 0;
}

/* From the root to a row by pieces of names, as the kernel does it; 0 if it gets nowhere. */
static uint32_t walk(const struct policy_rows *b, const char *path)
{
	uint32_t at = 0;

	while (*path) {
		size_t left = strcspn(++path, "/"), n;

		do {
			n = left < BPFLOCK_PIECE_MAX ? left : BPFLOCK_PIECE_MAX;
			at = find(b, at, path, n);
			if (!at)
				return 0;
			path += n;
			left -= n;
		} while (n == BPFLOCK_PIECE_MAX);
	}
	return at;
}

/* A name's bytes are the tree's keys, so each may be there once. */
static void check_unique(const struct policy_rows *b)
{
	for (uint32_t i = 1; i < b->n; i++) {
		assert_true(b->nodes[i].parent < i);
		for (uint32_t k = 1; k < i; k++)
			assert_true(memcmp(&b->nodes[i], &b->nodes[k], sizeof(b->nodes[i])) != 0);
	}
}

static void check(const struct policy *p)
{
	struct bpflock_policy host = p->host;
	CLEANUP(policy_done) struct policy back;
	CLEANUP(policy_rows_done) struct policy_rows b;

	assert_int_equal(policy_rows_make(p, POLICY_ROWS_OF_ALL, &host, &b), 0);
	assert_int_equal(host.n_rows, b.n);
	check_unique(&b);
	for (size_t i = 0; i < p->n_rules; i++) {
		uint32_t row = walk(&b, p->rules[i]->path);
		char path[PATH_MAX];

		assert_true(row > 0);
		assert_true(b.rules[row].flags & BPFLOCK_RULE_SET);
		assert_int_equal(b.rules[row].rules.block, p->rules[i]->rules.block);
		assert_true(policy_rows_path(&b, row, path));
		assert_string_equal(path, p->rules[i]->path);
	}
	policy_init(&back);
	back.host = p->host;
	assert_int_equal(policy_rows_unpack(&b, &back), 0);
	assert_true(policy_identical(p, &back));
}

TEST(test_empty)
{
	struct bpflock_policy host = {};
	CLEANUP(policy_done) struct policy p;
	CLEANUP(policy_rows_done) struct policy_rows b;

	policy_init(&p);
	assert_int_equal(policy_rows_make(&p, POLICY_ROWS_OF_ALL, &host, &b), 0);
	assert_int_equal(b.n, 1);
	assert_int_equal(host.depth, 0);
}

/* Bytes just above and below the slash, and names that begin alike, must not tear the tree. */
TEST(test_neighbours)
{
	static const char *const paths[] = {
		"/a/c",	  "/a",	    "/a.b",    "/a/b/d", "/a!",	"/a\001b",
		"/a\001", "/a/b",   "/a0/b",   "/ab",	 "/a-b/c", "/\001/\002",
		"/\377",  "/\377/a", "/a/\001b", "/a/b\001",
	};
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		add(&p, paths[i], i + 1);
	check(&p);
}

/* Splits *p, reads both banks back, and lays one over the other. */
static void check_split(const struct policy *p)
{
	struct bpflock_policy host = p->host;
	CLEANUP(policy_done) struct policy part;
	CLEANUP(policy_done) struct policy back;
	CLEANUP(policy_rows_done) struct policy_rows own;
	CLEANUP(policy_rows_done) struct policy_rows base;

	host.depth = 0;
	assert_int_equal(policy_rows_make(p, POLICY_ROWS_OF_OWN, &host, &own), 0);
	assert_int_equal(policy_rows_make(p, POLICY_ROWS_OF_BASE, &host, &base), 0);
	assert_int_equal(host.n_rows, own.n);
	assert_int_equal(host.n_base, base.n);
	assert_int_equal(base.n_grants, 0);
	policy_init(&part);
	part.host = p->host;
	assert_int_equal(policy_rows_unpack(&own, &part), 0);
	policy_init(&back);
	assert_int_equal(policy_rows_unpack(&base, &back), 0);
	for (size_t i = 0; i < back.n_rules; i++)
		assert_false(back.rules[i]->like_host);
	assert_int_equal(policy_part_lay_over(&back, &part), 0);
	assert_true(policy_identical(p, &back));
}

static uint32_t next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 16;
}

TEST(test_random)
{
	static const char letters[] = "a\001.-0b\377~";
	uint32_t seed = 1;

	for (int round = 0; round < 200; round++) {
		CLEANUP(policy_done) struct policy p;

		policy_init(&p);
		for (uint32_t i = 0, n = next(&seed) % 60; i < n; i++) {
			char path[64] = "";

			for (uint32_t d = 0, depth = 1 + next(&seed) % 5; d < depth; d++) {
				size_t at = strlen(path);

				path[at++] = '/';
				for (uint32_t c = 0, len = 1 + next(&seed) % 2; c < len; c++)
					path[at++] = letters[next(&seed) % (sizeof(letters) - 1)];
				path[at] = '\0';
			}
			if (!policy_path_error(path))
				add(&p, path, next(&seed));
			if (!policy_path_error(path) && next(&seed) % 3 == 0)
				grants_add(&p, path, 1 + next(&seed), 5, 9, 0, "why");
		}
		check(&p);
		check_split(&p);
	}
}

TEST(test_longest)
{
	char path[PATH_MAX] = "", name[BPFLOCK_NAME_MAX + 2];
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	memset(name, 'x', sizeof(name));
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < 15; i++) {
		strcat(path, name);
		add(&p, path, i + 1);
	}
	strcpy(path, "");
	for (int i = 1; i < BPFLOCK_LEVELS_MAX; i++)
		strcat(path, "/d");
	add(&p, path, 99);
	check(&p);
}

/* Names as long as pieces are, shorter and longer, that begin alike. */
TEST(test_long_names)
{
	static const size_t lengths[] = { BPFLOCK_PIECE_MAX - 1, BPFLOCK_PIECE_MAX,
					  BPFLOCK_PIECE_MAX + 1, 2 * BPFLOCK_PIECE_MAX - 1,
					  2 * BPFLOCK_PIECE_MAX, 2 * BPFLOCK_PIECE_MAX + 1,
					  BPFLOCK_NAME_MAX };
	struct bpflock_policy host = {};
	CLEANUP(policy_done) struct policy p;
	CLEANUP(policy_rows_done) struct policy_rows b;
	char path[2 * BPFLOCK_NAME_MAX];

	policy_init(&p);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		memset(path, 'x', sizeof(path));
		path[0] = '/';
		path[1 + lengths[i]] = '\0';
		add(&p, path, 4 * i);
		strcat(path, "/x");
		add(&p, path, 4 * i + 1);
		path[lengths[i]] = 'y';
		add(&p, path, 4 * i + 2);
	}
	check(&p);
	assert_int_equal(policy_rows_make(&p, POLICY_ROWS_OF_ALL, &host, &b), 0);
	assert_int_equal(host.depth, 2);
}

TEST(test_depth)
{
	struct bpflock_policy host = {};
	CLEANUP(policy_done) struct policy p;
	CLEANUP(policy_rows_done) struct policy_rows b;

	policy_init(&p);
	add(&p, "/a", 1);
	add(&p, "/b/c/d/e", 2);
	grants_add(&p, "/b/c", 4, 0, 9, 0, NULL);
	grants_add(&p, "/", 4, 0, 9, 0, NULL);
	assert_int_equal(policy_rows_make(&p, POLICY_ROWS_OF_ALL, &host, &b), 0);
	assert_int_equal(host.depth, 4);
	assert_int_equal(host.granted, 4);
	assert_int_equal(b.n, 6);
}

TEST(test_grants)
{
	struct bpflock_policy host = {};
	const struct bpflock_rule *row;
	CLEANUP(policy_done) struct policy p;
	struct policy_rows b;

	policy_init(&p);
	grants_add(&p, "/x", 1 << 2 | 1 << 3, 0, 100, 0, "one");
	grants_add(&p, "/x", 1 << 3 | 1 << 4, 0, 200, 0, "two");
	grants_add(&p, "/y", 1 << 5, 0, 300, 0, "three");
	assert_int_equal(policy_rows_make(&p, POLICY_ROWS_OF_ALL, &host, &b), 0);
	row = &b.rules[walk(&b, "/x")];
	assert_int_equal(row->granted, 1 << 2 | 1 << 3 | 1 << 4);
	assert_false(row->flags & BPFLOCK_RULE_SET);
	assert_int_equal(b.ends[row->ends].until[2], 100);
	assert_int_equal(b.ends[row->ends].until[3], 200);
	assert_int_equal(b.ends[row->ends].until[4], 200);
	assert_int_equal(b.ends[row->ends].until[5], 0);
	row = &b.rules[walk(&b, "/y")];
	assert_int_equal(b.ends[row->ends].until[5], 300);
	assert_int_equal(host.granted, 0);
	policy_rows_done(&b);
	check(&p);
}

TEST(test_split)
{
	struct bpflock_policy host = {};
	CLEANUP(policy_done) struct policy p;
	CLEANUP(policy_rows_done) struct policy_rows own;
	CLEANUP(policy_rows_done) struct policy_rows base;

	policy_init(&p);
	add(&p, "/like", 3);
	add(&p, "/plain/a/b", 4);
	add(&p, "/granted", 5);
	policy_find_rule(&p, "/like")->rules.deny = 1;
	policy_find_rule(&p, "/plain/a/b")->rules.deny = 2;
	policy_find_rule(&p, "/granted")->rules.deny = 4;
	grants_add(&p, "/granted", 8, 0, 9, 0, NULL);
	grants_add(&p, "/", 16, 0, 9, 0, NULL);
	check_split(&p);
	assert_int_equal(policy_put_gone(&p, "/gone"), 0);
	assert_int_equal(policy_put_gone(&p, "/granted"), 0);
	assert_int_equal(policy_rows_make(&p, POLICY_ROWS_OF_OWN, &host, &own), 0);
	assert_int_equal(policy_rows_make(&p, POLICY_ROWS_OF_BASE, &host, &base), 0);
	assert_int_equal(host.depth, 3);
	assert_int_equal(host.granted, 16);
	assert_int_equal(own.rules[walk(&own, "/gone")].flags, BPFLOCK_RULE_GONE);
	assert_int_equal(own.rules[walk(&own, "/granted")].granted, 8);
	assert_int_equal(own.rules[walk(&own, "/granted")].flags &
				 (BPFLOCK_RULE_GONE | BPFLOCK_RULE_SET),
			 BPFLOCK_RULE_GONE | BPFLOCK_RULE_SET);
	assert_int_equal(walk(&own, "/plain"), 0);
	assert_int_equal(walk(&base, "/like"), 0);
	assert_int_equal(walk(&base, "/gone"), 0);
	assert_int_equal(base.rules[walk(&base, "/granted")].granted, 0);
	assert_int_equal(base.rules[0].rules.deny, 6);
	assert_int_equal(base.rules[0].flags, 0);
}

/* A kernel map could hold this after all, but no version of ours wrote it. */
TEST(test_damaged)
{
	struct bpflock_rule rules[3] = { [2] = { .flags = BPFLOCK_RULE_SET } };
	struct bpflock_node nodes[3] = { [1] = { 2, "a" }, [2] = { 1, "b" } };
	struct bpflock_grant grant = { .row = 7 };
	struct policy_rows b = { .rules = rules, .nodes = nodes, .n = 3 };
	char path[PATH_MAX];
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	assert_false(policy_rows_path(&b, 2, path)); /* in circles */
	assert_false(policy_rows_path(&b, 7, path));
	assert_true(policy_rows_unpack(&b, &p) < 0);
	nodes[1].parent = 0;
	nodes[2].name[0] = '\0';
	assert_false(policy_rows_path(&b, 2, path));
	memset(nodes[2].name, 'x', sizeof(nodes[2].name)); /* without its end */
	assert_false(policy_rows_path(&b, 2, path));
	nodes[2].name[BPFLOCK_PIECE_MAX] = '\0'; /* a piece of a name that does not go on */
	assert_false(policy_rows_path(&b, 2, path));
	nodes[1].parent = 2;
	nodes[2].parent = 0;
	assert_true(policy_rows_path(&b, 1, path));
	nodes[1].name[0] = '\0'; /* the end of a name is empty if it has the length of a piece */
	assert_true(policy_rows_path(&b, 1, path));
	assert_int_equal(strlen(path), 1 + BPFLOCK_PIECE_MAX);
	rules[2].flags = 0;
	b.grants = &grant;
	b.n_grants = 1;
	assert_true(policy_rows_unpack(&b, &p) < 0);
}
