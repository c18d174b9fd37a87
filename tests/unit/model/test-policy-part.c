// SPDX-License-Identifier: GPL-2.0-only
/* A part of a policy comes before its base. */
#include "test.h"
#include "grants.h"
#include "like.h"
#include "policy-part.h"

static struct rule *add(struct policy *p, const char *path, uint64_t block)
{
	struct rule *r = policy_add_rule(p, path);

	assert_non_null(r);
	r->rules.block = block;
	return r;
}

TEST(a_part_is_full_of_rules_that_a_base_could_have)
{
	char path[32];
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	for (int i = 0; i < 2 * POLICY_PART_MAX; i++) {
		snprintf(path, sizeof(path), "/like/%d", i);
		add(&p, path, 1)->like_host = true;
		snprintf(path, sizeof(path), "/granted/%d", i);
		add(&p, path, 1);
		assert_non_null(grants_add(&p, path, 1, 0, 9, 0, NULL));
	}
	for (int i = 0; i < POLICY_PART_MAX - 1; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		add(&p, path, 1);
	}
	assert_int_equal(policy_put_gone(&p, "/gone"), 0);
	assert_false(policy_part_is_full(&p));
	assert_int_equal(policy_put_gone(&p, "/gone/too"), 0);
	assert_true(policy_part_is_full(&p));
}

TEST(only_rules_of_the_base_are_gone_when_they_are_deleted)
{
	CLEANUP(policy_done) struct policy old;
	CLEANUP(policy_done) struct policy new = {};

	policy_init(&old);
	add(&old, "/base", 1)->based = true;
	add(&old, "/kept", 1)->based = true;
	add(&old, "/new", 1);
	assert_int_equal(policy_put_gone(&old, "/before"), 0);
	assert_int_equal(policy_copy(&old, &new), 0);
	policy_delete_rule(&new, "/base");
	policy_delete_rule(&new, "/new");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(policy_part_note_gone(&new, &old), 0);
		assert_int_equal(new.n_gone, 2);
		assert_string_equal(new.gone[0], "/before");
		assert_string_equal(new.gone[1], "/base");
	}
}

TEST(a_part_lies_over_its_base)
{
	CLEANUP(policy_done) struct policy base;
	CLEANUP(policy_done) struct policy part;

	policy_init(&base);
	add(&base, "/same", 1);
	add(&base, "/changed", 1);
	add(&base, "/gone", 1);
	add(&base, "/back", 1);
	policy_init(&part);
	part.part = true;
	part.host.generation = 7;
	add(&part, "/changed", 2);
	add(&part, "/back", 3);
	add(&part, "/added", 4);
	assert_int_equal(policy_put_gone(&part, "/gone"), 0);
	assert_int_equal(policy_put_gone(&part, "/back"), 0);
	assert_non_null(grants_add(&part, "/changed", 1, 0, 9, 0, NULL));
	assert_int_equal(policy_part_lay_over(&base, &part), 0);
	assert_false(base.part);
	assert_int_equal(base.host.generation, 7);
	assert_int_equal(base.n_rules, 4);
	assert_int_equal(policy_find_rule(&base, "/same")->rules.block, 1);
	assert_int_equal(policy_find_rule(&base, "/changed")->rules.block, 2);
	assert_int_equal(policy_find_rule(&base, "/back")->rules.block, 3);
	assert_int_equal(policy_find_rule(&base, "/added")->rules.block, 4);
	assert_int_equal(base.n_grants, 1);
	assert_int_equal(base.n_gone, 0);
}
