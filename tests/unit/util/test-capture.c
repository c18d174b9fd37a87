// SPDX-License-Identifier: GPL-2.0-only
/* A section of a report: what its process does does not matter to the others. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"
#include "capture.h"

static const struct capture_limits wide = { 4096, 60000 }, narrow = { 8, 60000 },
				   short_time = { 4096, 2000 };

static int speak(const void *arg)
{
	fputs(arg, stdout);
	return 0;
}

static int speak_and_complain(const void *arg)
{
	puts("out");
	fflush(stdout);
	fputs("err\n", stderr);
	return 3;
}

static int read_input(const void *arg)
{
	printf("%d", getchar());
	return 0;
}

static int crash(const void *arg)
{
	const struct rlimit none = {};

	setrlimit(RLIMIT_CORE, &none);
	puts("so far");
	fflush(stdout);
	kill(getpid(), SIGKILL);
	return 0;
}

static int never_end(const void *arg)
{
	puts("so far");
	fflush(stdout);
	sleep(1000);
	return 0;
}

/* Its child has the pipe too, and goes on. */
static int leave_a_child(const void *arg)
{
	if (fork() == 0)
		never_end(NULL);
	return 0;
}

static int speak_without_end(const void *arg)
{
	while (puts("xxxxxxxxxxxxxxxx") >= 0)
		;
	return 1;
}

static void expect(int (*print)(const void *arg), const char *arg,
		   const struct capture_limits *limits, bool whole, const char *expected)
{
	CLEANUP(free_charp) char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	assert_int_equal(capture_write(f, "title", print, arg, limits), whole);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, expected);
	/* nobody is left of it */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

#define HEAD "\n== title ==\n"

TEST(what_is_said_stands_below_its_title)
{
	expect(speak, "", &wide, true, HEAD);
	expect(speak, "a\n\tb\\c\n", &wide, true, HEAD "a\n\tb\\c\n");
	expect(speak, "no end of line", &wide, true, HEAD "no end of line\n");
	expect(speak, "\x1b[2J\r\xff", &wide, true, HEAD "\\x1b[2J\\x0d\\xff\n");
	expect(read_input, NULL, &wide, true, HEAD "-1\n");
}

TEST(what_fails_is_told)
{
	expect(speak_and_complain, NULL, &wide, false, HEAD "out\nerr\n[exit status 3]\n");
	expect(crash, NULL, &wide, false, HEAD "so far\n[killed by signal 9]\n");
}

TEST(there_is_a_limit_to_bytes)
{
	expect(speak, "12345678", &narrow, true, HEAD "12345678\n");
	expect(speak, "123456789", &narrow, false, HEAD "12345678\n[cut off after 8 bytes]\n");
	expect(speak_without_end, NULL, &narrow, false, HEAD "xxxxxxxx\n[cut off after 8 bytes]\n");
}

TEST(there_is_a_limit_to_time)
{
	expect(never_end, NULL, &short_time, false, HEAD "so far\n[stopped after 2000 ms]\n");
	expect(leave_a_child, NULL, &short_time, false, HEAD "so far\n[stopped after 2000 ms]\n");
}

TEST(what_is_written_can_be_had_as_it_is)
{
	static const struct {
		int (*print)(const void *arg);
		const char *arg;
		const struct capture_limits *limits;
		int expected;
		const char *text;
	} rows[] = {
		{ speak, "", &wide, 0, "" },
		{ speak, "a\x1b\n", &wide, 0, "a\x1b\n" },
		{ speak, "12345678", &narrow, 0, "12345678" },
		{ speak, "123456789", &narrow, -EFBIG },
		{ never_end, NULL, &short_time, -ETIMEDOUT },
		{ speak_and_complain, NULL, &wide, -EIO },
		{ crash, NULL, &wide, -EIO },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *text = NULL;

		assert_int_equal(capture_read(rows[i].print, rows[i].arg, rows[i].limits, &text, NULL),
				 rows[i].expected);
		assert_int_equal(text != NULL, rows[i].expected == 0);
		if (text)
			assert_string_equal(text, rows[i].text);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	}
}

TEST(an_exit_status_can_be_had_with_what_was_written)
{
	CLEANUP(free_charp) char *text = NULL;
	int status = -1;

	assert_int_equal(capture_all(speak_and_complain, NULL, &wide, &text, &status), 0);
	assert_string_equal(text, "out\nerr\n");
	assert_int_equal(status, 3);
	free(TAKE_PTR(text));
	assert_int_equal(capture_all(crash, NULL, &wide, &text, &status), -EIO);
	assert_int_equal(capture_all(never_end, NULL, &short_time, &text, &status), -ETIMEDOUT);
	assert_null(text);
	assert_int_equal(status, 3);
}
