// SPDX-License-Identifier: GPL-2.0-only
/* Files of /proc speak of locks and of mapped users. */
#include <sys/sysmacros.h>

#include "test.h"
#include "proc.h"

TEST(the_holder_is_in_the_line_of_the_inode)
{
	static const struct {
		const char *text;
		pid_t expected;
	} rows[] = {
		{ "1: FLOCK  ADVISORY  WRITE 812 00:1c:5678 0 EOF\n", 812 },
		{ "1: FLOCK  ADVISORY  WRITE 812 00:1c:5678 0 EOF", 812 },
		{ "1: POSIX  ADVISORY  WRITE 7 00:1c:5678 0 EOF\n"
		  "2: FLOCK  ADVISORY  READ 8 00:1c:5678 0 EOF\n"
		  "3: FLOCK  ADVISORY  WRITE 9 00:1d:5678 0 EOF\n"
		  "4: FLOCK  ADVISORY  WRITE 10 01:1c:5678 0 EOF\n"
		  "5: FLOCK  ADVISORY  WRITE 11 00:1c:56789 0 EOF\n"
		  "6: FLOCK  ADVISORY  WRITE 12 00:1c:5678 0 EOF\n",
		  12 },
		/* who waits holds nothing */
		{ "1: -> FLOCK  ADVISORY  WRITE 813 00:1c:5678 0 EOF\n", 0 },
		/* of another pid namespace */
		{ "1: FLOCK  ADVISORY  WRITE 0 00:1c:5678 0 EOF\n", 0 },
		{ "1: FLOCK  ADVISORY  WRITE -1 00:1c:5678 0 EOF\n", 0 },
		{ "1: FLOCK  ADVISORY  WRITE -1 00:1c:5678 0 EOF\n"
		  "2: FLOCK  ADVISORY  WRITE 814 00:1c:5678 0 EOF\n",
		  814 },
		{ "1: FLOCK  ADVISORY  WRITE 812 00:1c", 0 },
		{ "", 0 },
		{ "\n\n", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (proc_lock_holder(rows[i].text, makedev(0, 0x1c), 5678) != rows[i].expected)
			fail_msg("%s", rows[i].text);
}

TEST(only_all_users_mapped_to_themselves_are_the_initial_namespace)
{
	static const char *const others[] = {
		"", "\n", "0 0\n",
		"         0       1000          1\n", "         0     100000      65536\n",
		"         0          0 4294967294\n", "         1          0 4294967295\n",
		"         0          1 4294967295\n", "0 0 1\n1 1 4294967294\n",
	};

	assert_true(proc_is_initial_uid_map("         0          0 4294967295\n"));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (proc_is_initial_uid_map(others[i]))
			fail_msg("%s", others[i]);
}

TEST(the_time_of_boot_is_a_line_of_its_own)
{
	static const struct {
		const char *text;
		uint64_t expected;
	} rows[] = {
		{ "cpu  1 2 3\nintr 5 0 0\nctxt 12\nbtime 1795860000\nprocesses 3\n", 1795860000 },
		{ "btime 4294967296\n", 4294967296 },
		{ "", 0 }, { "cpu 1\n", 0 }, { "xbtime 5\n", 0 }, { "ctxt 1 btime 5\n", 0 },
		{ "btime\n", 0 }, { "btime ", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(proc_boot_time(rows[i].text), rows[i].expected);
}

TEST(the_shift_of_a_time_namespace_is_a_line_of_its_own)
{
	static const struct {
		const char *text;
		bool said;
		int64_t expected;
	} rows[] = {
		{ "monotonic           0         0\nboottime            0         0\n", true, 0 },
		{ "monotonic         100         7\nboottime       864000         5\n", true,
		  864000000000005 },
		/* one second and a half back */
		{ "monotonic          -2 500000000\nboottime           -2 500000000\n", true,
		  -1500000000 },
		{ "boottime 9223372035 999999999", true, 9223372035999999999 },
		{ "boottime -9223372035 0", true, -9223372035000000000 },
		{ "boottime 9223372036 0", false, 0 }, { "boottime -9223372036 0", false, 0 },
		{ "boottime 1 1000000000", false, 0 }, { "boottime 1\n", false, 0 },
		{ "monotonic 1 1\n", false, 0 }, { "1 boottime 1 1\n", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t shift = 0;

		if (proc_boottime_offset(rows[i].text, &shift) != rows[i].said ||
		    shift != rows[i].expected)
			fail_msg("%s", rows[i].text);
	}
}
