// SPDX-License-Identifier: GPL-2.0-only
/* A set that was replaced and could not be read is told of. */
#include "test.h"
#include "pins.h"
#include "replaced.h"

#define ALL                                                                     \
	(BPFLOCK_DROPPED_COUNTERS | BPFLOCK_DROPPED_RECORDS | BPFLOCK_DROPPED_CGROUPS | \
	 BPFLOCK_DROPPED_GRANTS)

static const struct {
	struct bpflock_replaced replaced;
	const char *text;
} rows[] = {
	{ { BPFLOCK_MAGIC, BPFLOCK_ABI + 1, "9.9",
	    BPFLOCK_DROPPED_COUNTERS | BPFLOCK_DROPPED_GRANTS },
	  "counters, grants; the set before, by version 9.9, had pin format 10" },
	{ { BPFLOCK_MAGIC, BPFLOCK_ABI, "0.1", BPFLOCK_DROPPED_RECORDS },
	  "unread records; the set before, by version 0.1, was damaged" },
	{ { 0, 0, "", BPFLOCK_DROPPED_CGROUPS },
	  "rule sets of bpflock-ctl cgroup set; the set before was damaged, or not made by bpflock" },
};

TEST(the_kinds_and_whose_they_were)
{
	_Static_assert(BPFLOCK_ABI == 9, "rows");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[256];

		replaced_describe(&rows[i].replaced, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

TEST(a_short_buffer_cuts_the_text)
{
	struct bpflock_replaced r = { BPFLOCK_MAGIC, BPFLOCK_ABI + 1, "9.9", ALL };
	char text[256], whole[256];

	replaced_describe(&r, whole, sizeof(whole));
	for (size_t len = 1; len < sizeof(text); len++) {
		memset(text, 'x', sizeof(text));
		replaced_describe(&r, text, len);
		assert_true(strlen(text) < len);
		assert_memory_equal(text, whole, strlen(text));
		assert_int_equal(text[len], 'x');
	}
}

TEST(every_kind_has_a_name)
{
	size_t n = 0;

	for (size_t i = 0; i < REPLACED_MAX; i++) {
		n += replaced_name(ALL, i) != NULL;
		assert_null(replaced_name(0, i));
	}
	assert_int_equal(n, REPLACED_MAX);
	assert_null(replaced_name(ALL, REPLACED_MAX));
}
