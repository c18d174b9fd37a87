// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"

static struct CMUnitTest tests[64];
static size_t n_tests;
static CMFixtureFunction group_set_up, group_tear_down;

void test_add(struct CMUnitTest test)
{
	if (n_tests == ARRAY_SIZE(tests))
		abort();
	tests[n_tests++] = test;
}

void test_group(CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
	group_set_up = set_up;
	group_tear_down = tear_down;
}

int main(void)
{
	return _cmocka_run_group_tests(program_invocation_short_name, tests, n_tests, group_set_up,
				       group_tear_down);
}
