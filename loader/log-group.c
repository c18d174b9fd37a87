// SPDX-License-Identifier: GPL-2.0-only
#include "log-group.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask.h"
#include "group.h"
#include "message.h"
#include "pins.h"
#include "util.h"

/*
 * The pins of the log, below the set. A consumer writes its position, in the ring and in the map reader;
 * what is beside the ring it has the program consume change. So a member can take records away unread,
 * or keep them from being read, and neither make them up nor make the counters wrong.
 */
static const struct {
	const char *pin; /* "": the set itself */
	mode_t mode;
} pins[] = {
	{ "", 0750 }, /* to be told when it goes */
	{ "maps", 0750 }, /* its lock is the reader's */
	{ "progs", 0710 },
	{ PIN_STAMP, 0640 },
	{ PIN_LOG_STATE, 0640 },
	{ PIN_RING, 0660 },
	{ PIN_READER, 0660 },
	{ PIN_RECENT, 0640 },
	{ PIN_KEPT, 0640 },
	{ PIN_CONSUME, 0660 }, /* one that cannot be written cannot be run */
	{ ASK_PIN, 0660 },     /* of a sealed set */
};

static int admit(const char *path, gid_t gid, mode_t mode)
{
	return chown(path, -1, gid) < 0 || chmod(path, mode) < 0 ? -errno : 0;
}

/* A bpffs is mounted by systemd for root alone: the group may pass through, not look around. */
static int open_way(const char *bpffs, gid_t gid)
{
	struct stat st;

	if (stat(bpffs, &st) < 0)
		return -errno;
	if ((st.st_mode & S_IXOTH) || (st.st_gid == gid && (st.st_mode & S_IXGRP)))
		return 0;
	if (st.st_gid != 0 || (st.st_mode & S_IRWXG)) /* it is somebody else's group's */
		return -EPERM;
	return admit(bpffs, gid, (st.st_mode & 07777) | S_IXGRP);
}

void log_group_admit(const char *bpffs, const char *set_path)
{
	gid_t gid;
	int r = 0;

	if (!group_find("", LOG_GROUP, &gid))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(pins) && r == 0; i++) {
		char path[PATH_MAX];

		r = pins_path(path, set_path, pins[i].pin);
		/* a kernel without syscall programs has no such */
		if (r == 0 && access(path, F_OK) == 0)
			r = admit(path, gid, pins[i].mode);
	}
	if (r == 0)
		r = open_way(bpffs, gid);
	if (r < 0)
		message_warning("%s: cannot give the group " LOG_GROUP " access to the log: %s",
				set_path, strerror(-r));
}
