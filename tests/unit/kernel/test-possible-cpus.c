// SPDX-License-Identifier: GPL-2.0-only
#include "possible-cpus.h"
#include "test.h"

struct row {
	const char *list;
	bool is_one_range;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(possible_cpus_is_one_range(rows[i].list), rows[i].is_one_range);
}

TEST_ROWS(test_lists, check, struct row, { "0\n", true }, { "0-3\n", true }, { "0-239\n", true },
	  { "0-3,8-11\n", false }, { "0,2\n", false }, { "1-3\n", false }, { "\n", false },
	  { "", false }, );
