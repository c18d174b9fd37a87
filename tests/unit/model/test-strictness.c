// SPDX-License-Identifier: GPL-2.0-only
/* Which of two policies allows less. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "seal-abi.h"
#include "config.h"
#include "grants.h"
#include "operations.h"
#include "strictness.h"
#include "util.h"

static struct bpflock_operation ops[BPFLOCK_REASONS];

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

static void parse(const char *text, struct policy *ret)
{
	struct diagnostics d = DIAGNOSTICS_INIT;

	policy_init(ret);
	assert_true(!text[0] || config_read_text(ret, ops, text, strlen(text), "/f", &d));
	assert_true(policy_compile(ret, ops, &d));
	diagnostics_done(&d);
}

static void the_side_that_denies_more_is_the_stricter(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy active, fallback;
		uint32_t slot;

		parse(rows[i].active, &active);
		parse(rows[i].fallback, &fallback);
		slot = strictness_slot(&active, &fallback);
		if (slot != rows[i].slot)
			fail_msg("row %zu: slot %u", i, slot);
		policy_done(&active);
		policy_done(&fallback);
	}
}

static void a_grant_makes_it_less_strict_unless_both_have_it(void **state)
{
	struct policy a, b;

	parse(RESTRICTED, &a);
	parse(RESTRICTED, &b);
	assert_non_null(grants_add(&a, "/", 4, 1, 100, 0, NULL));
	assert_int_equal(strictness_slot(&a, &b), BPFLOCK_SLOT_FALLBACK);
	assert_non_null(grants_add(&b, "/", 6, 1, 99, 0, NULL));
	assert_int_equal(strictness_slot(&a, &b), BPFLOCK_NO_SLOT);
	assert_non_null(grants_add(&b, "/", 4, 1, 100, 0, NULL));
	assert_int_equal(strictness_slot(&a, &b), BPFLOCK_SLOT_ACTIVE);
	policy_done(&a);
	policy_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_side_that_denies_more_is_the_stricter),
		cmocka_unit_test(a_grant_makes_it_less_strict_unless_both_have_it),
	};

	operations_assume(ops);
	for (size_t i = 0; i < BPFLOCK_REASONS; i++)
		if (strcmp(ops[i].name, "kcore") == 0 || strcmp(ops[i].name, "perf") == 0)
			ops[i].level = BPFLOCK_LEVEL_CONFIDENTIALITY;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
