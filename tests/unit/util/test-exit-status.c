// SPDX-License-Identifier: GPL-2.0-only
/* Scripts and units depend on the exit statuses: the numbers are written down here once more. */
#include "test.h"
#include "exit-status.h"

static const struct {
	enum exit_status status;
	int number;
	const char *fragment;
} rows[] = {
	{ STATUS_OK, 0, "done" }, { STATUS_FAILED, 1, "failed" }, { STATUS_USAGE, 2, "usage" },
	{ STATUS_NOT_LOADED, 3, "not loaded" },
	{ STATUS_NOT_PERMITTED, 4, "not permitted" },
	{ STATUS_UNSUPPORTED, 5, "kernel" }, { STATUS_DEGRADED, 6, "degraded" },
	{ STATUS_BUSY, 7, "busy" },
};

TEST(numbers_never_change)
{
	assert_int_equal(_STATUS_MAX, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(rows[i].status, rows[i].number);
}

TEST(each_status_has_a_line_of_its_own)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *text = exit_status_text(rows[i].status);

		assert_non_null(text);
		assert_non_null(strstr(text, rows[i].fragment));
		assert_null(strchr(text, '\n'));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(text, exit_status_text(rows[k].status));
	}
}
