/* SPDX-License-Identifier: GPL-2.0-only */
/* The bpffs to pin below: mounted if need be, and locked. */
#pragma once

#include <limits.h>
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

/* The message of that, with the path in the place of %s. */
#define BPFFS_LEFT_OUT "%s: not a bpffs in this container: cannot see what is loaded"
#define BPFFS_CURE_LEN (2 * PATH_MAX + 16)

/* Writes the cure for that. */
void bpffs_left_out_cure(const char *path, char ret_cure[BPFFS_CURE_LEN]);
