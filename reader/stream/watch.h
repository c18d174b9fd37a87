/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The events that a reader sleeps until: a record, and whatever ends or replaces the set that it
 * reads. The kernel reports what happens to the directory of the set (inotify(7)), and that
 * something is mounted over it or unmounted (proc_pid_mountinfo(5)), so nobody has to look from
 * time to time.
 */
#pragma once

#include <stdbool.h>

struct watch {
	int fd;		       /* of epoll(7), readable as soon as there was an event */
	int set_fd, mounts_fd; /* -1: this cannot be watched */
};

#define WATCH_INIT                                      \
	{                                               \
		.fd = -1, .set_fd = -1, .mounts_fd = -1 \
	}

/*
 * Watches the directory of a set, mounts, and ring_fd (-1: none). look: for who takes nothing out
 * of the ring. Each of its wake-ups is an event then, whether or not all that it holds has been
 * read, and so is watch_tell(); else that it is not empty. 0 or a negative errno, if the ring
 * cannot be watched.
 */
int watch_open(const char *set, int ring_fd, bool look, struct watch *ret);
void watch_close(struct watch *w);

/* Returns whether nothing happens to the set without an event. */
bool watch_is_complete(const struct watch *w);

/*
 * Wakes those who look: the kernel does so only if they find the ring not empty when they wake up.
 * To be called before it is emptied. maps_fd: of a directory in the set, which is opened once more;
 * that is seen there.
 */
void watch_tell(int maps_fd);

/*
 * Forgets the events until now: to be called before the set is looked at, and before it is seen
 * that the ring has nothing new.
 */
void watch_clear(const struct watch *w);
