// SPDX-License-Identifier: GPL-2.0-only
/* The clocks, here and in a time namespace. */
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test.h"
#include "clock.h"

#define SHIFT 864000

static uint64_t raw(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return good;
}

/* In the namespace; before it nothing has looked at the clock. */
static int look_at_shifted_clock(void)
{
	uint64_t before = raw() - SHIFT * NS_PER_S, seen = clock_boottime();

	if (clock_view() != CLOCK_SHIFTED || clock_shift() != SHIFT * NS_PER_S)
		return 1;
	if (seen < before || seen > raw() - SHIFT * NS_PER_S)
		return 2;
	return strstr(clock_cure(), "nsenter") ? 0 : 3;
}

static int enter_and_look(void)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWUSER | CLONE_NEWTIME) < 0 ||
	    !write_text("/proc/self/timens_offsets", "boottime 864000 0\n"))
		return 77;
	pid = fork();
	if (pid == 0)
		_exit(look_at_shifted_clock());
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

/* This test is the first, because what is found out is kept. */
TEST(a_shift_is_taken_off)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(enter_and_look());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WEXITSTATUS(status) == 77) /* not everybody may make namespaces */
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

TEST(clocks_go_on)
{
	uint64_t before = clock_realtime(), boot = clock_boottime(), after = clock_realtime();
	uint64_t monotonic = clock_monotonic();

	assert_true(boot && monotonic && before);
	assert_true(clock_boottime() >= boot);
	assert_true(clock_monotonic() >= monotonic);
	/* one second later by one clock is so by the other */
	assert_in_range(clock_realtime_of(boot + NS_PER_S), before + NS_PER_S / 2,
			after + 2 * NS_PER_S);
}
