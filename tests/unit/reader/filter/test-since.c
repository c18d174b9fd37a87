// SPDX-License-Identifier: GPL-2.0-only
/* Points in time as people write them. */
#include <time.h>

#include "test.h"
#include "since.h"

#define NS  1000000000LL
#define NOW 1795514400LL /* 2026-11-24T10:00:00Z, 11:00 in Berlin */

static const struct {
	const char *text;
	bool utc;
	int64_t expected; /* seconds */
} rows[] = {
	{ "now", false, NOW }, { "-1h", false, NOW - 3600 }, { "-90", false, NOW - 90 },
	{ "-1h 30min", false, NOW - 5400 }, { "1h ago", false, NOW - 3600 },
	{ "2 days ago", false, NOW - 2 * 86400 }, { "@1644578638", false, 1644578638 },
	{ "today", true, NOW - 10 * 3600 }, { "today", false, NOW - 11 * 3600 },
	{ "yesterday", true, NOW - 34 * 3600 }, { "yesterday", false, NOW - 35 * 3600 },
	{ "09:30", true, NOW - 1800 }, { "10:30", false, NOW - 1800 },
	{ "10:30:15", false, NOW - 1785 }, { "10:30Z", false, NOW + 1800 },
	{ "2026-11-24", true, NOW - 10 * 3600 }, { "2026-11-24 10:00", true, NOW },
	{ "2026-11-24 11:00", false, NOW }, { "2026-11-24 11:00:00", false, NOW },
	{ "2026-11-24T10:00:00Z", false, NOW },
	{ "2026-11-24T10:00:00.000000Z", false, NOW },
	{ "2026-11-24 10:00 UTC", false, NOW },
	{ "2026-11-24T11:00:00+01:00", true, NOW },
	{ "2026-11-24T06:30:00-03:30", false, NOW },
	{ "2026-07-01 12:00", false, 1782900000 }, /* summer time */
	{ "2024-02-29", true, 1709164800 },
};

static int berlin(void **state)
{
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return 0;
}

TEST_GROUP(berlin, NULL)

TEST(test_times)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t ns = 0;

		if (!since_parse(rows[i].text, NOW * NS, rows[i].utc, &ns))
			fail_msg("%s: refused", rows[i].text);
		if (ns != rows[i].expected * NS)
			fail_msg("%s: %lld, not %lld", rows[i].text, (long long)(ns / NS),
				 (long long)rows[i].expected);
	}
}

/* A time of day alone is of the day that it is there where its zone is. */
TEST(test_day_of_the_zone)
{
	static const int64_t late = 1795562100; /* 2026-11-24T23:15:00Z, the 25th in Berlin */
	static const struct {
		const char *text;
		bool utc;
		int64_t expected;
	} times[] = {
		{ "22:00Z", false, late - 4500 }, { "22:00 UTC", false, late - 4500 },
		{ "22:00", true, late - 4500 }, { "00:05", false, late - 600 },
		{ "00:05+01:00", true, late - 600 }, { "11:15+12:00", false, late },
		{ "12:15-11:00", false, late }, { "today", true, late - 83700 },
		{ "today", false, late - 900 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		int64_t ns = 0;

		assert_true(since_parse(times[i].text, late * NS, times[i].utc, &ns));
		if (ns != times[i].expected * NS)
			fail_msg("%s: %lld, not %lld", times[i].text, (long long)(ns / NS),
				 (long long)times[i].expected);
	}
}

TEST(test_fraction)
{
	int64_t ns;

	assert_true(since_parse("2026-11-24T10:00:00.567890Z", 0, true, &ns));
	assert_int_equal(ns, NOW * NS + 567890000);
	assert_true(since_parse("2026-11-24T10:00:00.1234567899Z", 0, true, &ns));
	assert_int_equal(ns, NOW * NS + 123456789);
}

TEST(test_refused)
{
	static const char *const texts[] = {
		"", " ", "boot", "tomorrow", "-", "-1y", "1h", " ago", "@", "@-1", "@1e9", "10",
		"10:0", "24:00", "10:60", "10:00:60", "10:00x", "2026-11", "2026-13-01",
		"2026-02-30", "2025-02-29", "2026-11-24 ", "2026-11-24 10", "26-11-24",
		"2026-11-24T10:00+1", "2026-11-24T10:00 CET", "1969-12-31 00:00Z",
		"99999999999999999999 days ago",
		"0000000000000000000000000000000000000000000000000000000000000000000000000s ago",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int64_t ns;

		if (since_parse(texts[i], NOW * NS, false, &ns))
			fail_msg("<%s>: accepted as %lld", texts[i], (long long)(ns / NS));
	}
}
