// SPDX-License-Identifier: GPL-2.0-only
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "namespaces.h"
#include "proc.h"
#include "text.h"
#include "util.h"

static uint64_t now(clockid_t clock)
{
	struct timespec t = {};

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

/*
 * The file timens_offsets is of the namespace that our children will be in, which is ours unless we
 * have just called unshare(2).
 */
static bool read_shift(const struct stat *own, int64_t *ret)
{
	CLEANUP(free_charp) char *text = NULL;
	struct stat children;

	return stat("/proc/self/ns/time_for_children", &children) == 0 &&
	       children.st_ino == own->st_ino &&
	       text_read_file(AT_FDCWD, "/proc/self/timens_offsets", 4096, &text, NULL) == 0 &&
	       proc_boottime_offset(text, ret);
}

static enum clock_view look(int64_t *ret_shift)
{
	struct stat st;

	if (stat("/proc/self/ns/time", &st) == 0) {
		if (st.st_ino == INITIAL_TIME_NAMESPACE)
			return CLOCK_KERNELS;
		return read_shift(&st, ret_shift) ? CLOCK_SHIFTED : CLOCK_UNKNOWN;
	}
	/* a kernel without time namespaces has the others; without /proc nothing is known */
	return errno == ENOENT && stat("/proc/self/ns/pid", &st) == 0 ? CLOCK_KERNELS
								      : CLOCK_UNKNOWN;
}

static int64_t shift;

enum clock_view clock_view(void)
{
	static enum clock_view view;
	static bool looked;

	if (!looked)
		view = look(&shift);
	looked = true;
	return view;
}

int64_t clock_shift(void)
{
	clock_view();
	return shift;
}

uint64_t clock_boottime(void)
{
	return now(CLOCK_BOOTTIME) - clock_shift();
}

uint64_t clock_monotonic(void)
{
	return now(CLOCK_MONOTONIC);
}

uint64_t clock_realtime(void)
{
	return now(CLOCK_REALTIME);
}

int64_t clock_realtime_of(uint64_t boottime)
{
	uint64_t before = clock_boottime(), real = clock_realtime(), after = clock_boottime();

	return (int64_t)(real - (before + (after - before) / 2) + boottime);
}

static int64_t nearest_second(int64_t ns)
{
	return (ns + (ns < 0 ? -NS_PER_S : NS_PER_S) / 2) / NS_PER_S * NS_PER_S;
}

int64_t clock_offset(int64_t pinned)
{
	int64_t offset = clock_realtime_of(0);

	return pinned ? pinned + nearest_second(offset - pinned) : offset;
}

void clock_utc(int64_t realtime, char ret_text[CLOCK_UTC_LEN])
{
	time_t t = realtime / NS_PER_S;
	struct tm tm;

	strftime(ret_text, CLOCK_UTC_LEN, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
}

void clock_local(int64_t realtime, char ret_day[CLOCK_DAY_LEN], char ret_hour[CLOCK_HOUR_LEN])
{
	time_t t = realtime / NS_PER_S - (realtime % NS_PER_S < 0);
	struct tm tm = {};

	localtime_r(&t, &tm);
	strftime(ret_day, CLOCK_DAY_LEN, "%Y-%m-%d", &tm);
	strftime(ret_hour, CLOCK_HOUR_LEN, "%H:%M:%S", &tm);
}

const char *clock_refusal(void)
{
	return clock_view() == CLOCK_SHIFTED
		       ? "this process is in a time namespace, where times differ from the kernel's"
		       : "/proc/self/ns/time: cannot check for a time namespace";
}

const char *clock_cure(void)
{
	return clock_view() == CLOCK_SHIFTED
		       ? "run it in the initial time namespace: nsenter --time "
			 "--target 1"
		       : PROC_CURE;
}
