// SPDX-License-Identifier: GPL-2.0-only
#include "proc.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "clock.h"
#include "text.h"
#include "util.h"

#define SECONDS_MAX (INT64_MAX / NS_PER_S) /* KTIME_SEC_MAX, the kernel takes no more */

pid_t proc_lock_holder(const char *locks, dev_t dev, ino_t ino)
{
	for (const char *line = locks; line; line = strchr(line, '\n')) {
		unsigned int maj, min;
		unsigned long inode;
		int pid;

		line += *line == '\n';
		if (sscanf(line, "%*u: FLOCK ADVISORY WRITE %d %x:%x:%lu ", &pid, &maj, &min,
			   &inode) == 4 &&
		    inode == ino && makedev(maj, min) == dev && pid > 0)
			return pid;
	}
	return 0;
}

bool proc_is_initial_uid_map(const char *map)
{
	unsigned int inside, outside, count;

	return sscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && !inside && !outside &&
	       count == 4294967295U;
}

uint64_t proc_boot_time(const char *stat)
{
	for (const char *line = stat; line; line = strchr(line, '\n')) {
		uint64_t seconds;

		line += *line == '\n';
		if (sscanf(line, "btime %" SCNu64, &seconds) == 1)
			return seconds;
	}
	return 0;
}

bool proc_boottime_offset(const char *offsets, int64_t *ret)
{
	for (const char *line = offsets; line; line = strchr(line, '\n')) {
		int64_t seconds;
		uint32_t ns;

		line += *line == '\n';
		if (sscanf(line, "boottime %" SCNd64 " %" SCNu32, &seconds, &ns) == 2 &&
		    ns < NS_PER_S && seconds > -SECONDS_MAX && seconds < SECONDS_MAX) {
			*ret = seconds * NS_PER_S + ns;
			return true;
		}
	}
	return false;
}

int proc_in_user_namespace(void)
{
	CLEANUP(free_charp) char *map = NULL;
	int r = text_read_file(AT_FDCWD, "/proc/self/uid_map", 4096, &map, NULL);

	return r < 0 ? r : !proc_is_initial_uid_map(map);
}
