// SPDX-License-Identifier: GPL-2.0-only
/* One of two policies allows less, or none does. */
#include "test.h"
#include "seal-abi.h"
#include "grants.h"
#include "operations.h"
#include "strictness.h"
#include "kernels.h"

static struct bpflock_operation ops[BPFLOCK_REASONS];

static int setup(void **state)
{
	operations_assume(ops);
	for (size_t i = 0; i < BPFLOCK_REASONS; i++)
		if (strcmp(ops[i].name, "kcore") == 0 || strcmp(ops[i].name, "perf") == 0)
			ops[i].level = BPFLOCK_LEVEL_CONFIDENTIALITY;
	return 0;
}

TEST_GROUP(setup, NULL)

#define RESTRICTED "[kimglock]\nprofile = restricted\n"
#define BASELINE   "[kimglock]\nprofile = baseline\n"
#define A(profile) "[cgroup \"/a\"]\nprofile = " profile "\n"
#define B(profile) "[cgroup \"/a/b\"]\nprofile = " profile "\n"

static const struct {
	const char *active, *fallback;
	uint32_t slot;
} rows[] = {
	{ "", "", BPFLOCK_SLOT_ACTIVE },
	{ RESTRICTED, "", BPFLOCK_SLOT_ACTIVE },
	{ "", RESTRICTED, BPFLOCK_SLOT_FALLBACK },
	{ RESTRICTED, BASELINE, BPFLOCK_SLOT_ACTIVE },
	{ BASELINE, RESTRICTED, BPFLOCK_SLOT_FALLBACK },
	{ RESTRICTED, RESTRICTED "block = kcore\n", BPFLOCK_SLOT_FALLBACK },
	{ RESTRICTED "block = kcore\n", RESTRICTED, BPFLOCK_SLOT_ACTIVE },
	{ RESTRICTED "block = kcore\n", RESTRICTED "block = perf\n", BPFLOCK_NO_SLOT },
	{ RESTRICTED "allow = msr\n", BASELINE, BPFLOCK_NO_SLOT },
	{ RESTRICTED "mode = audit\n", BASELINE, BPFLOCK_SLOT_FALLBACK },
	/* what cgroups are exempt from counts */
	{ RESTRICTED A("privileged"), RESTRICTED, BPFLOCK_SLOT_FALLBACK },
	{ RESTRICTED A("privileged"), BASELINE, BPFLOCK_NO_SLOT },
	{ RESTRICTED A("privileged"), BASELINE A("privileged"), BPFLOCK_SLOT_ACTIVE },
	{ A("restricted"), A("restricted") B("baseline"), BPFLOCK_SLOT_ACTIVE },
	{ A("restricted") B("baseline"), B("restricted"), BPFLOCK_NO_SLOT },
};

TEST(the_side_that_denies_more_is_the_stricter)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(policy_done) struct policy active, fallback;
		uint32_t slot;

		kernel_policy(ops, rows[i].active, &active);
		kernel_policy(ops, rows[i].fallback, &fallback);
		slot = strictness_slot(&active, &fallback);
		if (slot != rows[i].slot)
			fail_msg("row %zu: slot %u", i, slot);
	}
}

TEST(a_grant_makes_it_less_strict_unless_both_have_it)
{
	CLEANUP(policy_done) struct policy a, b;

	kernel_policy(ops, RESTRICTED, &a);
	kernel_policy(ops, RESTRICTED, &b);
	assert_non_null(grants_add(&a, "/", 4, 1, 100, 0, NULL));
	assert_int_equal(strictness_slot(&a, &b), BPFLOCK_SLOT_FALLBACK);
	assert_non_null(grants_add(&b, "/", 6, 1, 99, 0, NULL));
	assert_int_equal(strictness_slot(&a, &b), BPFLOCK_NO_SLOT);
	assert_non_null(grants_add(&b, "/", 4, 1, 100, 0, NULL));
	assert_int_equal(strictness_slot(&a, &b), BPFLOCK_SLOT_ACTIVE);
}

TEST(the_strictest_refuses_what_any_rule_set_refuses)
{
	struct bpflock_ruleset s;
	CLEANUP(policy_done) struct policy p;
	CLEANUP(policy_done) struct policy copy = {};

	policy_init(&p);
	p.host.rules.deny = 1;
	p.host.rules.log = BPFLOCK_LOG_NONE;
	s = strictness_of(&p);
	assert_memory_equal(&s, &p.host.rules, sizeof(s));
	policy_add_rule(&p, "/a")->rules = (struct bpflock_ruleset){ .deny = 2,
								     .host_only = 4,
								     .profile = BPFLOCK_PROFILE_BASELINE,
								     .log = BPFLOCK_LOG_DENIED };
	s = strictness_of(&p);
	assert_int_equal(s.deny, 3);
	assert_int_equal(s.host_only, 4);
	assert_int_equal(s.profile, BPFLOCK_PROFILE_BASELINE);
	assert_int_equal(s.log, BPFLOCK_LOG_DENIED);
	/* one in audit mode refuses nothing, first or last */
	policy_find_rule(&p, "/a")->rules.mode = BPFLOCK_MODE_AUDIT;
	s = strictness_of(&p);
	assert_int_equal(s.deny, 1);
	assert_int_equal(s.host_only, 0);
	assert_int_equal(s.mode, BPFLOCK_MODE_ENFORCE);
	policy_find_rule(&p, "/a")->rules.mode = BPFLOCK_MODE_ENFORCE;
	p.host.rules.mode = BPFLOCK_MODE_AUDIT;
	s = strictness_of(&p);
	assert_int_equal(s.deny, 2);
	assert_int_equal(s.host_only, 4);
	assert_int_equal(s.mode, BPFLOCK_MODE_ENFORCE);
	/* what a part does not have counts, too, and in its copies */
	p.part = true;
	p.rest.deny = 8;
	assert_int_equal(policy_copy(&p, &copy), 0);
	assert_int_equal(strictness_of(&p).deny, 10);
	assert_int_equal(strictness_of(&copy).deny, 10);
}
