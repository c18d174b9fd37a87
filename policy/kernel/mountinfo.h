/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of /proc/PID/mountinfo, and where a file of a file system is to be found by them. Pure, but
 * for mountinfo_read(). */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mountinfo {
	dev_t dev;
	char root[PATH_MAX];  /* the directory of the file system that is mounted */
	char point[PATH_MAX]; /* where */
	char type[32];
};

/* Parses a line, which ends in NUL or a newline. Returns whether it is one. */
bool mountinfo_parse(const char *line, struct mountinfo *ret);

/*
 * The place of a file that has this path inside the file system of this device: mounts of the whole
 * file system come first, else that of the deepest directory above it. False if nothing of it is
 * mounted, or if it is an overlay: those are shown as who is in there sees them. *ret_path is set
 * then alone.
 */
bool mountinfo_place(const char *text, dev_t dev, const char *path, char *ret_path, size_t size);

/* The mounts that this process sees, which are read again after a second, if there was a change. */
struct mounts {
	char *text;	/* owned; NULL: not known */
	uint64_t until; /* boottime, ns */
	bool watched;	/* the kernel tells of changes by fd, which is owned then */
	int fd;
};

void mountinfo_done(struct mounts *m);

/* Returns what mountinfo_place() does, now being boottime. */
bool mountinfo_find(struct mounts *m, uint64_t now, dev_t dev, const char *path, char *ret_path,
		    size_t size);
