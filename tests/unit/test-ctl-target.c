// SPDX-License-Identifier: GPL-2.0-only
/* What words of bpflock-ctl's command line mean: cgroups, numbers, durations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "../../policy/ctl.h"

#define SECOND	1000000000ULL
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)
#define WEEK	(7 * DAY)
#define CENTURY (100 * 366 * DAY)

static char told[1024];

/* Those of ctl-common.c would print. */
void ctl_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(told, sizeof(told), fmt, ap);
	va_end(ap);
}

enum exit_status ctl_failed(const char *attempt, int r)
{
	ctl_error("cannot %s: %s", attempt, strerror(-r));
	return STATUS_FAILED;
}

static void durations_are_those_of_systemd(void **state)
{
	static const struct {
		const char *text;
		uint64_t expected;
	} rows[] = {
		/* each unit, by each of its names */
		{ "1s", SECOND },
		{ "1sec", SECOND },
		{ "1second", SECOND },
		{ "2seconds", 2 * SECOND },
		{ "1m", MINUTE },
		{ "1min", MINUTE },
		{ "1minute", MINUTE },
		{ "2minutes", 2 * MINUTE },
		{ "1h", HOUR },
		{ "1hr", HOUR },
		{ "1hour", HOUR },
		{ "2hours", 2 * HOUR },
		{ "1d", DAY },
		{ "1day", DAY },
		{ "2days", 2 * DAY },
		{ "1w", WEEK },
		{ "1week", WEEK },
		{ "2weeks", 2 * WEEK },
		/* without one it is seconds */
		{ "1", SECOND },
		{ "90", 90 * SECOND },
		{ "0090", 90 * SECOND },
		/* sums */
		{ "1h30m", 90 * MINUTE },
		{ "1h 30m", 90 * MINUTE },
		{ "1h 30min 5", 90 * MINUTE + 5 * SECOND },
		{ "1 h 30 m", 90 * MINUTE },
		{ "  10m  ", 10 * MINUTE },
		{ "30m 1h", 90 * MINUTE },
		{ "1m 1m", 2 * MINUTE },
		{ "0h 1s", SECOND },
		{ "1w 1d 1h 1m 1s", WEEK + DAY + HOUR + MINUTE + SECOND },
		/* the longest */
		{ "36600d", CENTURY },
		{ "36599d 24h", CENTURY },
		{ "3162240000", CENTURY },
		{ "3162239999s 1s", CENTURY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t ns = 0;

		if (!ctl_duration(rows[i].text, &ns) || ns != rows[i].expected)
			fail_msg("\"%s\": %llu", rows[i].text, (unsigned long long)ns);
	}
}

static void other_words_are_no_duration(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"s",
		"m",
		"h 1",
		"1x",
		"1mm",
		"1hm",
		"1ms",
		"10us",
		"5ns",
		"1month",
		"1y",
		"1year",
		"1H",
		"1M",
		"1S",
		"1Min",
		"-1",
		"-1s",
		"+1s",
		"1.5h",
		"1,5h",
		"1e3",
		"0x10",
		"1:30",
		"1h-30m",
		"1h+30m",
		"1h,30m",
		"1h and 30m",
		"forever",
		"infinity",
		"1\ts",
		"\t1s",
		"1s\n",
		"1s\t",
		"1\x80",
		"\xc2\xb5s",
		"1s;",
		"s1",
		/* nothing, so a grant of it would be none */
		"0",
		"0s",
		"0h 0m",
		"000",
		/* longer than a century, also where a product or a sum would overflow */
		"36601d",
		"36600d 1s",
		"3162240001",
		"5300w",
		"99999999999999",
		"18446744073709551615",
		"18446744073709551616",
		"18446744074s",
		"30500568904943w",
		"99999999999999999999999999999",
		"3162240000s 3162240000s",
		"100000000000000000000w",
	};
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		uint64_t ns = 77;

		if (ctl_duration(texts[i], &ns) || ns != 77) {
			print_error("\"%s\": %llu\n", texts[i], (unsigned long long)ns);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void numbers_are_digits_and_no_more_than_what_is_allowed(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool good;
		uint64_t expected;
	} rows[] = {
		{ "0", 0, true, 0 },
		{ "1", 0, false, 0 },
		{ "7", 10, true, 7 },
		{ "10", 10, true, 10 },
		{ "11", 10, false, 0 },
		{ "007", 10, true, 7 },
		{ "2147483647", INT32_MAX, true, INT32_MAX },
		{ "2147483648", INT32_MAX, false, 0 },
		{ "4294967295", UINT32_MAX, true, UINT32_MAX },
		{ "4294967296", UINT32_MAX, false, 0 },
		{ "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, false, 0 },
		{ "99999999999999999999999", UINT64_MAX, false, 0 },
		{ "", UINT64_MAX, false, 0 },
		{ " ", UINT64_MAX, false, 0 },
		{ " 1", UINT64_MAX, false, 0 },
		{ "1 ", UINT64_MAX, false, 0 },
		{ "1\n", UINT64_MAX, false, 0 },
		{ "-1", UINT64_MAX, false, 0 },
		{ "+1", UINT64_MAX, false, 0 },
		{ "-0", UINT64_MAX, false, 0 },
		{ "0x10", UINT64_MAX, false, 0 },
		{ "010", UINT64_MAX, true, 10 },
		{ "1e3", UINT64_MAX, false, 0 },
		{ "1.0", UINT64_MAX, false, 0 },
		{ "1,000", UINT64_MAX, false, 0 },
		{ "a", UINT64_MAX, false, 0 },
		{ "\xb2", UINT64_MAX, false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t n = 77;

		assert_int_equal(ctl_number(rows[i].text, rows[i].max, &n), rows[i].good);
		assert_true(n == (rows[i].good ? rows[i].expected : 77));
	}
}

/* What a row gives on the command line; the operand is a path. */
struct target {
	const char *cgroup, *unit, *pid, *self, *host, *operand;
	enum exit_status status;
	const char *expected; /* the path, or part of what is told */
};

static void check(const struct target *t)
{
	char *operands[] = { (char *)t->operand };
	struct ctl c = { .verb = "VERB", .operands = operands, .n = t->operand != NULL };
	enum exit_status status;
	char *path = NULL;
	bool any = t->cgroup || t->unit || t->pid || t->self || t->host;

	c.options[CTL_CGROUP] = t->cgroup;
	c.options[CTL_UNIT] = t->unit;
	c.options[CTL_PID] = t->pid;
	c.options[CTL_SELF] = t->self;
	c.options[CTL_HOST] = t->host;
	told[0] = '\0';
	assert_int_equal(ctl_has_target(&c), any);
	status = ctl_target(&c, t->operand, &path);
	if (status != t->status || !strstr(path ? path : told, t->expected))
		fail_msg("%s: status %d, not %d; %s", t->expected, status, t->status,
			 path ? path : told);
	if (path) {
		assert_string_equal(path, t->expected);
		assert_string_equal(told, "");
	}
	free(path);
}

static void a_path_is_taken_as_people_have_it(void **state)
{
	static const struct target rows[] = {
		{ .cgroup = "/a", .expected = "/a" },
		{ .operand = "/a", .expected = "/a" },
		{ .cgroup = "/a/b", .expected = "/a/b" },
		{ .cgroup = "/a b", .expected = "/a b" },
		/* as shells complete it */
		{ .cgroup = "/a/", .expected = "/a" },
		{ .cgroup = "/sys/fs/cgroup/a/b/", .expected = "/a/b" },
		{ .operand = "/sys/fs/cgroup/a", .expected = "/a" },
		{ .cgroup = "/sys/fs/cgroup/sys/fs", .expected = "/sys/fs" },
		{ .host = "", .expected = "/" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
}

static void anything_else_is_refused(void **state)
{
	static const struct target rows[] = {
		{ .cgroup = "", .status = STATUS_USAGE, .expected = "cgroup \"\": " },
		{ .cgroup = "a", .status = STATUS_USAGE, .expected = "cgroup \"a\": " },
		{ .cgroup = "/",
		  .status = STATUS_USAGE,
		  .expected = "the root cgroup is the host" },
		{ .operand = "/",
		  .status = STATUS_USAGE,
		  .expected = "the root cgroup is the host" },
		{ .cgroup = "//", .status = STATUS_USAGE, .expected = "cgroup \"//\": " },
		{ .cgroup = "/a//", .status = STATUS_USAGE, .expected = "a / at the end" },
		{ .cgroup = "/a//b", .status = STATUS_USAGE, .expected = "two / in a row" },
		{ .cgroup = "/a/../b", .status = STATUS_USAGE, .expected = "name no cgroup" },
		{ .cgroup = "/sys/fs/cgroup", .status = STATUS_USAGE, .expected = "leave out" },
		{ .cgroup = "/sys/fs/cgroup/",
		  .status = STATUS_USAGE,
		  .expected = "the root cgroup" },
		{ .cgroup = "/sys/fs/cgroup/..",
		  .status = STATUS_USAGE,
		  .expected = "name no cgroup" },
		{ .cgroup = "/a\nb", .status = STATUS_USAGE, .expected = "control bytes" },
		{ .pid = "", .status = STATUS_USAGE, .expected = "--pid: \"\" is no process id" },
		{ .pid = "0", .status = STATUS_USAGE, .expected = "--pid: \"0\" is no process id" },
		{ .pid = "-1", .status = STATUS_USAGE, .expected = "is no process id" },
		{ .pid = "self", .status = STATUS_USAGE, .expected = "is no process id" },
		{ .pid = "1 ", .status = STATUS_USAGE, .expected = "is no process id" },
		{ .pid = "2147483648", .status = STATUS_USAGE, .expected = "is no process id" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
}

static void it_is_said_in_exactly_one_way(void **state)
{
	static const struct target rows[] = {
		{ .status = STATUS_USAGE, .expected = "VERB: say which cgroup, in one way" },
		{ .cgroup = "/a",
		  .operand = "/a",
		  .status = STATUS_USAGE,
		  .expected = "in one way" },
		{ .cgroup = "/a", .self = "", .status = STATUS_USAGE, .expected = "in one way" },
		{ .cgroup = "/a", .host = "", .status = STATUS_USAGE, .expected = "in one way" },
		{ .unit = "a.service",
		  .pid = "1",
		  .status = STATUS_USAGE,
		  .expected = "in one way" },
		{ .pid = "1", .self = "", .status = STATUS_USAGE, .expected = "in one way" },
		{ .host = "", .operand = "/a", .status = STATUS_USAGE, .expected = "in one way" },
		{ .cgroup = "/a",
		  .unit = "a.service",
		  .pid = "1",
		  .self = "",
		  .host = "",
		  .status = STATUS_USAGE,
		  .expected = "in one way" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_those_of_systemd),
		cmocka_unit_test(other_words_are_no_duration),
		cmocka_unit_test(numbers_are_digits_and_no_more_than_what_is_allowed),
		cmocka_unit_test(a_path_is_taken_as_people_have_it),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(it_is_said_in_exactly_one_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
