/* SPDX-License-Identifier: GPL-2.0-only */
/* The bpffs to pin below: mounted if need be, and locked. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/*
 * Takes the lock of pins_lock() on a bpffs at path, mounting one there first if there is none. Two
 * at once mount one: whoever mounts holds the lock of the directory below the mount point. 0 with
 * *ret_fd, PINS_BUSY with *ret_holder, or a negative errno.
 */
int bpffs_lock(const char *path, uint64_t wait_ms, int *ret_fd, pid_t *ret_holder);
