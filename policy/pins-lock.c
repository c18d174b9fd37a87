// SPDX-License-Identifier: GPL-2.0-only
/* The lock on a bpffs: flock(2) on its root directory, which no rename below it moves away. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "pins.h"
#include "text.h"
#include "util.h"

/*
 * Who holds a flock on this inode, from /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 00:1c:5678 0
 * EOF" (fs/locks.c), with the pid already as our pid namespace sees it.
 */
static pid_t lock_holder(int fd)
{
	CLEANUP(free_charp) char *text = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0 ||
	    text_read_file(AT_FDCWD, "/proc/locks", 16 << 20, &text, NULL) < 0)
		return 0;
	for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		unsigned int maj, min;
		unsigned long ino;
		int pid;

		if (sscanf(line, "%*u: FLOCK ADVISORY WRITE %d %x:%x:%lu", &pid, &maj, &min,
			   &ino) == 4 &&
		    ino == st.st_ino && makedev(maj, min) == st.st_dev)
			return pid;
	}
	return 0;
}

bool pins_is_locked(const char *path)
{
	CLEANUP(close_fdp) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && lock_holder(fd) != 0;
}

static int lock_once(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK || errno == EINTR ? PINS_BUSY : -errno;
}

int pins_lock(const char *bpffs, unsigned int wait_ms, int *ret_fd, pid_t *ret_holder)
{
	static const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	CLEANUP(close_fdp) int fd = -1;
	int r;

	fd = open(bpffs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((r = lock_once(fd)) == PINS_BUSY && wait_ms > 0) {
		nanosleep(&pause, NULL);
		wait_ms -= wait_ms < 20 ? wait_ms : 20;
	}
	if (r == PINS_BUSY)
		*ret_holder = lock_holder(fd);
	if (r)
		return r;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

void pins_describe_holder(const char *bpffs, pid_t holder, char *text, size_t len)
{
	char who[32] = "another process";

	/*
	 * 0: /proc/locks does not show it, be it because the process is outside our pid namespace
	 */
	if (holder)
		snprintf(who, sizeof(who), "process %d", (int)holder);
	snprintf(text, len,
		 "%s is locked by %s, which is changing the policy: try again when it is done",
		 bpffs, who);
}
