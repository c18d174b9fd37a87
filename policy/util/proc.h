/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parsers of files of /proc. The texts are the kernel's, but may be cut off, or made up in a
 * container.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Helps against files that are missing, be /proc not mounted or mounted with subset=pid. */
#define PROC_CURE "mount -t proc proc /proc"

/*
 * Returns the holder of a flock for writing on an inode, from the text of /proc/locks: "1: FLOCK
 * ADVISORY WRITE 1234 00:1c:5678 0 EOF" (lock_get_status(), fs/locks.c), with the pid already as
 * our pid namespace sees it. 0: nobody, or nobody who can be seen from here.
 */
pid_t proc_lock_holder(const char *locks, dev_t dev, ino_t ino);

/*
 * Returns whether the text of a uid_map is that of the initial user namespace, which maps all IDs
 * to themselves.
 */
bool proc_is_initial_uid_map(const char *map);

/*
 * Returns the time of boot, seconds since 1970, from the text of /proc/stat: the line "btime N". It
 * stays the same while the clock is not set, which a difference of two clocks does not. 0: it does
 * not say.
 */
uint64_t proc_boot_time(const char *stat);

/*
 * Reads how much later CLOCK_BOOTTIME is in a time namespace, ns, from the text of timens_offsets:
 * the line "boottime SECONDS NANOSECONDS". false: it does not say.
 */
bool proc_boottime_offset(const char *offsets, int64_t *ret);

/*
 * Returns whether this is a user namespace other than the initial one: its root has no say over the
 * kernel, and owners of files are not whom they seem to be. 1, 0, or a negative errno where /proc
 * does not say.
 */
int proc_in_user_namespace(void);
