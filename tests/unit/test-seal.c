// SPDX-License-Identifier: GPL-2.0-only
/* What is said of a seal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../policy/ruleset.h"
#include "../../policy/seal.h"
#include "../../policy/util.h"

#define SECOND 1000000000ULL

static void levels_have_the_words_of_the_setting(void **state)
{
	static const char *const words[] = { "no", "pins", "objects" };

	assert_int_equal(ARRAY_SIZE(words), _BPFLOCK_SEAL_MAX);
	for (uint32_t level = 0; level < _BPFLOCK_SEAL_MAX; level++) {
		struct bpflock_policy p = { .seal = level };

		assert_string_equal(seal_level_name(level), words[level]);
		assert_string_equal(ruleset_value(&p, BPFLOCK_SETTING_SEAL), words[level]);
	}
	assert_null(seal_level_name(_BPFLOCK_SEAL_MAX));
	assert_null(seal_level_name(UINT32_MAX));
}

static uint64_t boottime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * SECOND + now.tv_nsec;
}

/* That a time is told as this one, give or take the seconds that passed meanwhile. */
static void expect_time(const char *text, time_t expected)
{
	const char *since = strstr(text, "since ");
	struct tm tm = {};
	const char *end;

	assert_non_null(since);
	end = strptime(since + 6, "%Y-%m-%dT%H:%M:%SZ", &tm);
	assert_non_null(end);
	assert_memory_equal(end, " by uid ", 8);
	assert_in_range(timegm(&tm) - expected + 2, 0, 4);
}

static void a_seal_is_told_with_its_time_and_its_maker(void **state)
{
	static const struct {
		uint32_t level, uid;
		const char *source, *begin, *end;
	} rows[] = {
		{ BPFLOCK_SEAL_PINS, 0, "bpflock-ctl", "pins, until reboot, since ",
		  " by uid 0 (bpflock-ctl)" },
		{ BPFLOCK_SEAL_OBJECTS, 1000, "/etc/bpflock/bpflock.conf:3",
		  "objects, until reboot, since ", " by uid 1000 (/etc/bpflock/bpflock.conf:3)" },
		/* a later version's */
		{ 77, UINT32_MAX, "", "a level unknown here, until reboot, since ",
		  " by uid 4294967295 ()" },
	};

	setenv("TZ", "XXX-05:30", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_seal s = { .level = rows[i].level,
					  .uid = rows[i].uid,
					  .since = boottime() };
		char text[SEAL_TEXT_LEN];
		size_t end = strlen(rows[i].end);

		strcpy(s.source, rows[i].source);
		seal_describe(&s, text);
		assert_memory_equal(text, rows[i].begin, strlen(rows[i].begin));
		assert_true(strlen(text) > end);
		assert_string_equal(text + strlen(text) - end, rows[i].end);
		expect_time(text, time(NULL));
		if (s.since < 2 * SECOND)
			continue;
		s.since -= 2 * SECOND;
		seal_describe(&s, text);
		expect_time(text, time(NULL) - 2);
	}
}

static void nothing_that_a_seal_can_hold_is_too_long(void **state)
{
	static const uint64_t times[] = { 0, INT64_MAX, UINT64_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct bpflock_seal s = { .level = UINT32_MAX,
					  .uid = UINT32_MAX,
					  .since = times[i] };
		char text[SEAL_TEXT_LEN];

		memset(s.source, 's', sizeof(s.source) - 1);
		seal_describe(&s, text);
		assert_true(strlen(text) < SEAL_TEXT_LEN - 1);
		assert_string_equal(text + strlen(text) - 3, "ss)");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_have_the_words_of_the_setting),
		cmocka_unit_test(a_seal_is_told_with_its_time_and_its_maker),
		cmocka_unit_test(nothing_that_a_seal_can_hold_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
