// SPDX-License-Identifier: GPL-2.0-only
/* A seal is described in words. */
#include <time.h>

#include "test.h"
#include "seal.h"

#define SECOND 1000000000ULL

TEST(a_seal_is_doubted_where_nothing_is_denied)
{
	static const struct {
		uint64_t deny, host_only, latched;
		uint32_t mode;
		const char *doubt;
	} rows[] = {
		{ 0, 0, 0, BPFLOCK_MODE_ENFORCE, "denies nothing" },
		{ 4, 0, 0, BPFLOCK_MODE_ENFORCE, NULL }, { 0, 4, 0, BPFLOCK_MODE_ENFORCE, NULL },
		{ 0, 0, 4, BPFLOCK_MODE_ENFORCE, NULL },
		{ 4, 4, 4, BPFLOCK_MODE_AUDIT, "mode is audit" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct policy p = {};
		const char *doubt;

		p.host.rules.deny = rows[i].deny;
		p.host.rules.host_only = rows[i].host_only;
		p.host.rules.mode = rows[i].mode;
		doubt = seal_doubt(&p, rows[i].latched);
		if (rows[i].doubt)
			assert_non_null(strstr(doubt, rows[i].doubt));
		else
			assert_null(doubt);
	}
}

/* Each program counts once for each map it uses, whatever else it uses. */
TEST(references_are_expected_of_slots_and_programs)
{
	static const uint32_t ids[] = { 7, 99, 8, 7 };
	struct bpflock_references maps[_BPFLOCK_MAP_MAX] = {};
	uint32_t refcnt[_BPFLOCK_MAP_MAX];

	maps[BPFLOCK_MAP_LATCH].id = 7;
	maps[BPFLOCK_MAP_SEAL].id = 11;
	maps[BPFLOCK_MAP_IN_POLICY].id = 8;
	maps[BPFLOCK_MAP_IN_RODATA].id = 12;
	seal_look_expect_slots(maps, refcnt);
	seal_look_count_users(maps, ids, 3, refcnt);
	seal_look_count_users(maps, ids, 1, refcnt);
	for (uint32_t i = 0; i < _BPFLOCK_MAP_MAX; i++) {
		uint32_t expected = i == BPFLOCK_MAP_LATCH	 ? 2
				    : i == BPFLOCK_MAP_IN_POLICY ? 2
				    : i == BPFLOCK_MAP_IN_RODATA ? 1
								 : 0;

		assert_int_equal(refcnt[i], expected);
		assert_non_null(seal_look_map_name(i));
	}
	assert_string_equal(seal_look_map_name(BPFLOCK_MAP_LATCH), "latch_map");
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

TEST(a_seal_is_told_with_its_time_and_its_maker)
{
	static const struct {
		uint32_t uid;
		const char *source, *begin, *end;
	} rows[] = {
		{ 0, "bpflock-ctl", "until reboot, since ", " by uid 0 (bpflock-ctl)" },
		{ 1000, "/etc/bpflock/bpflock.conf:3",
		  "until reboot, since ", " by uid 1000 (/etc/bpflock/bpflock.conf:3)" },
		{ UINT32_MAX, "", "until reboot, since ", " by uid 4294967295 ()" },
	};

	setenv("TZ", "XXX-05:30", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_seal s = { .uid = rows[i].uid, .since = boottime() };
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

TEST(seals_of_other_versions_have_no_time)
{
	char text[SEAL_TEXT_LEN];

	seal_describe(&(struct bpflock_seal){ .since = 0 }, text);
	assert_string_equal(text, "until reboot, by another version of bpflock");
}

TEST(nothing_that_a_seal_can_hold_is_too_long)
{
	static const uint64_t times[] = { 1, INT64_MAX, UINT64_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct bpflock_seal s = { .uid = UINT32_MAX, .since = times[i] };
		char text[SEAL_TEXT_LEN];

		memset(s.source, 's', sizeof(s.source) - 1);
		seal_describe(&s, text);
		assert_true(strlen(text) < SEAL_TEXT_LEN - 1);
		assert_string_equal(text + strlen(text) - 3, "ss)");
	}
}
