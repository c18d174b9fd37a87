// SPDX-License-Identifier: GPL-2.0-only
#include "proc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

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
