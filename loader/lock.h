/* SPDX-License-Identifier: GPL-2.0-only */
/* A lock: a program that decides, on the root of cgroup v2, by a link that is pinned. */
#pragma once

#include <stddef.h>

#include "pins.h"

struct lock {
	int link_fd;
	int new_fd; /* the program that it runs now; not owned */
	int old_fd; /* that it ran before; -1: the link is a new one */
};

#define LOCK_INIT                                         \
	{                                                 \
		.link_fd = -1, .new_fd = -1, .old_fd = -1 \
	}

/*
 * Has the root call a program, and pins the link in the set's links/ under the program's name. Where
 * another set's link can be exchanged exactly, that link goes on with the new program: one step,
 * before and after which one of both decides. Else a new link comes beside it, and both refuse until the old one's pins
 * are removed. other: the set to take over from, or NULL. 0, or a negative errno with error[len]
 * filled in; -EINVAL, -E2BIG: the kernel has no room for another program. The caller ends *ret with
 * lock_done(), which detaches nothing.
 */
int lock_attach(int program_fd, const char *name, const char *set_path, const char *other,
		struct lock *ret, char *error, size_t len);

/*
 * The program that was there before decides again. 0, also if there was none or *l is LOCK_INIT, or
 * a negative errno.
 */
int lock_hand_back(const struct lock *l);

void lock_done(struct lock *l);
