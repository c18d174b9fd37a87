/* SPDX-License-Identifier: GPL-2.0-only */
/* The bpffs to pin below: mounted if need be, and locked. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Takes the lock of pins_lock() on a bpffs at path, mounting one there first if there is none. Two
 * at once mount one: whoever mounts holds the lock of the directory below the mount point. 0 with
 * *ret_fd, PINS_BUSY with *ret_holder, or a negative errno.
 */
int bpffs_lock(const char *path, uint64_t wait_ms, int *ret_fd, pid_t *ret_holder);

/* Returns whether this is a container that got no bpffs at this path, so that it cannot see what is loaded. */
bool bpffs_left_out(const char *path);

/* The message of that, and its cure, each with the path in the places of %s. */
#define BPFFS_LEFT_OUT	    "%s: not a bpffs in this container: cannot see what is loaded"
#define BPFFS_LEFT_OUT_CURE "use -v %s:%s"
