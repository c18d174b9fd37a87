// SPDX-License-Identifier: GPL-2.0-only
/* The lock on a bpffs: flock(2) on its root directory, which no rename below it moves away. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "clock.h"
#include "pins-lock.h"
#include "pins.h"
#include "proc.h"
#include "progress.h"
#include "quantity.h"
#include "text.h"
#include "util.h"

static pid_t lock_holder(int fd)
{
	CLEANUP(free_charp) char *text = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0 ||
	    text_read_file(AT_FDCWD, "/proc/locks", 16 << 20, &text, NULL) < 0)
		return -1;
	return proc_lock_holder(text, st.st_dev, st.st_ino);
}

pid_t pins_lock_holder(const char *path)
{
	CLEANUP(close_fdp) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -1 : lock_holder(fd);
}

bool pins_lock_is_held(const char *path)
{
	return pins_lock_holder(path) != 0;
}

static int lock_once(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK || errno == EINTR ? PINS_BUSY : -errno;
}

uint64_t pins_lock_time(const char *text, struct diagnostics *d)
{
	uint64_t ns = 0;

	if (!quantity_duration(text ? text : PINS_LOCK_TIME, &ns))
		diagnostic_error(d, NULL,
				 "--wait: \"%s\" is not a duration: use 0, 500ms, 10s or 5m", text);
	return ns / 1000000;
}

int pins_lock(const char *bpffs, uint64_t wait_ms, int *ret_fd, pid_t *ret_holder)
{
	static const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	CLEANUP(close_fdp) int fd = -1;
	uint64_t until = clock_monotonic() / NS_PER_MS + wait_ms;
	int r;

	fd = open(bpffs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((r = lock_once(fd)) == PINS_BUSY && clock_monotonic() / NS_PER_MS < until) {
		progress_step();
		nanosleep(&pause, NULL);
	}
	if (r == PINS_BUSY)
		*ret_holder = lock_holder(fd);
	if (r)
		return r;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

void pins_lock_describe_holder(const char *bpffs, pid_t holder, char *text, size_t len)
{
	char who[32] = "another process";

	/*
	 * else /proc/locks does not show it, be it because the process is outside our pid namespace
	 */
	if (holder > 0)
		snprintf(who, sizeof(who), "process %d", (int)holder);
	snprintf(text, len,
		 "%s: cannot lock: %s is changing the policy, try again later",
		 bpffs, who);
}
