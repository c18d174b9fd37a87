// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"
#include "quantity.h"

#define SECOND	1000000000ULL
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)
#define WEEK	(7 * DAY)
#define CENTURY (100 * 366 * DAY)

TEST(durations_are_those_of_systemd)
{
	static const struct {
		const char *text;
		uint64_t expected;
	} rows[] = {
		/* each unit, by each of its names */
		{ "1s", SECOND }, { "1sec", SECOND }, { "1second", SECOND },
		{ "2seconds", 2 * SECOND }, { "1m", MINUTE }, { "1min", MINUTE },
		{ "1minute", MINUTE }, { "2minutes", 2 * MINUTE }, { "1h", HOUR },
		{ "1hr", HOUR }, { "1hour", HOUR }, { "2hours", 2 * HOUR }, { "1d", DAY },
		{ "1day", DAY }, { "2days", 2 * DAY }, { "1w", WEEK }, { "1week", WEEK },
		{ "2weeks", 2 * WEEK }, { "1ms", SECOND / 1000 },
		{ "1500msec", 1500 * SECOND / 1000 },
		/* nothing is a duration too */
		{ "0", 0 }, { "0s", 0 }, { "0h 0m", 0 }, { "000", 0 },
		/* without one it is seconds */
		{ "1", SECOND }, { "90", 90 * SECOND }, { "0090", 90 * SECOND },
		/* sums */
		{ "1h30m", 90 * MINUTE },
		{ "1h 30m", 90 * MINUTE },
		{ "1h 30min 5", 90 * MINUTE + 5 * SECOND },
		{ "1 h 30 m", 90 * MINUTE }, { "  10m  ", 10 * MINUTE },
		{ "30m 1h", 90 * MINUTE }, { "1m 1m", 2 * MINUTE }, { "0h 1s", SECOND },
		{ "1w 1d 1h 1m 1s", WEEK + DAY + HOUR + MINUTE + SECOND },
		/* the longest */
		{ "36600d", CENTURY }, { "36599d 24h", CENTURY }, { "3162240000", CENTURY },
		{ "3162239999s 1s", CENTURY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t ns = 77;

		if (!quantity_duration(rows[i].text, &ns) || ns != rows[i].expected)
			fail_msg("\"%s\": %llu", rows[i].text, (unsigned long long)ns);
	}
}

TEST(other_words_are_no_duration)
{
	static const char *const texts[] = {
		"", " ", "s", "m", "h 1", "1x", "1mm", "1hm", "10us", "5ns", "1month", "1y",
		"1year", "1H", "1M", "1S", "1Min", "-1", "-1s", "+1s", "1.5h", "1,5h", "1e3",
		"0x10", "1:30", "1h-30m", "1h+30m", "1h,30m", "1h and 30m", "forever", "infinity",
		"1\ts", "\t1s", "1s\n", "1s\t", "1\x80", "\xc2\xb5s", "1s;", "s1",
		/* longer than a century, also where a product or a sum would overflow */
		"36601d", "36600d 1s", "3162240001", "5300w", "99999999999999",
		"18446744073709551615", "18446744073709551616", "18446744074s", "30500568904943w",
		"99999999999999999999999999999", "3162240000s 3162240000s",
		"100000000000000000000w",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		uint64_t ns = 77;

		if (quantity_duration(texts[i], &ns) || ns != 77)
			fail_msg("\"%s\": %llu", texts[i], (unsigned long long)ns);
	}
}

TEST(numbers_are_digits_and_no_more_than_what_is_allowed)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool good;
		uint64_t expected;
	} rows[] = {
		{ "0", 0, true, 0 }, { "1", 0, false, 0 }, { "7", 10, true, 7 },
		{ "10", 10, true, 10 }, { "11", 10, false, 0 }, { "007", 10, true, 7 },
		{ "2147483647", INT32_MAX, true, INT32_MAX },
		{ "2147483648", INT32_MAX, false, 0 },
		{ "4294967295", UINT32_MAX, true, UINT32_MAX },
		{ "4294967296", UINT32_MAX, false, 0 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
		{ "99999999999999999999999", UINT64_MAX, false, 0 },
		{ "", UINT64_MAX, false, 0 }, { " ", UINT64_MAX, false, 0 },
		{ " 1", UINT64_MAX, false, 0 }, { "1 ", UINT64_MAX, false, 0 },
		{ "1\n", UINT64_MAX, false, 0 },
		{ "-1", UINT64_MAX, false, 0 }, { "+1", UINT64_MAX, false, 0 },
		{ "-0", UINT64_MAX, false, 0 }, { "0x10", UINT64_MAX, false, 0 },
		{ "010", UINT64_MAX, true, 10 }, { "1e3", UINT64_MAX, false, 0 },
		{ "1.0", UINT64_MAX, false, 0 }, { "1,000", UINT64_MAX, false, 0 },
		{ "a", UINT64_MAX, false, 0 }, { "\xb2", UINT64_MAX, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t n = 77;

		assert_int_equal(quantity_number(rows[i].text, rows[i].max, &n), rows[i].good);
		assert_true(n == (rows[i].good ? rows[i].expected : 77));
	}
}

TEST(sizes_are_bytes_or_powers_of_1024)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t expected;
	} rows[] = {
		{ "0", true, 0 }, { "1", true, 1 }, { "512K", true, 512 << 10 },
		{ "1M", true, 1 << 20 }, { "2G", true, 2ULL << 30 },
		{ "17179869183G", true, 17179869183ULL << 30 },
		{ "17179869184G", false, 0 },
		{ "18446744073709551615", true, UINT64_MAX },
		{ "18446744073709551616", false, 0 },
		{ "", false, 0 }, { "K", false, 0 }, { "1k", false, 0 }, { "1KB", false, 0 },
		{ "1 K", false, 0 }, { " 1K", false, 0 }, { "-1K", false, 0 },
		{ "1.5M", false, 0 }, { "0x10", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t bytes = 77;

		assert_int_equal(quantity_size(rows[i].text, &bytes), rows[i].good);
		assert_true(bytes == (rows[i].good ? rows[i].expected : 77));
	}
}

/* A printed quantity reads as the same, and the plain ones as people write them. */
TEST(printed_is_read_back)
{
	static const struct {
		uint64_t value;
		const char *duration, *size;
	} rows[] = {
		{ 0, "0", "0" }, { SECOND, "1s", NULL }, { SECOND / 1000, "1ms", NULL },
		{ 1500 * SECOND / 1000, "1s 500ms", NULL },
		{ 90 * MINUTE, "1h 30m", NULL },
		{ WEEK + SECOND, "1w 1s", NULL },
		{ CENTURY, NULL, NULL }, { 512 << 10, NULL, "512K" }, { 1 << 20, NULL, "1M" },
		{ (1 << 20) + 1, NULL, "1048577" },
		{ 3ULL << 30, NULL, "3G" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[QUANTITY_LEN];
		uint64_t back = 77;

		quantity_print_size(rows[i].value, text);
		assert_true(quantity_size(text, &back) && back == rows[i].value);
		if (rows[i].size)
			assert_string_equal(text, rows[i].size);
		if (rows[i].value % (SECOND / 1000))
			continue;
		quantity_print_duration(rows[i].value, text);
		assert_true(quantity_duration(text, &back) && back == rows[i].value);
		if (rows[i].duration)
			assert_string_equal(text, rows[i].duration);
	}
}

TEST(an_age_has_one_unit)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "0s" },
		{ 59 * SECOND + SECOND - 1, "59s" },
		{ MINUTE, "1m" },
		{ 60 * MINUTE - 1, "59m" },
		{ 60 * MINUTE, "1h" },
		{ 48 * 60 * MINUTE - 1, "47h" },
		{ 48 * 60 * MINUTE, "2d" },
		{ CENTURY, "36600d" },
		{ UINT64_MAX, "213503d" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[QUANTITY_LEN];

		quantity_print_age(rows[i].ns, text);
		assert_string_equal(text, rows[i].text);
	}
}
