/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that others read while we write them anew. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * Makes path a file of this text and mode, whatever the umask, in one step: who opens it finds the
 * old one or the new one, whole. The text is first written beside it, as .NAME.XXXXXX. A symbolic
 * link of that name is replaced, not followed. 0 or a negative errno; then path is as it was, and
 * nothing is left beside it. -ENOENT: there is no such directory. -ENOTSUP: a device, a pipe, a
 * socket, or a name in /dev, which are never replaced.
 */
int replace_file(const char *path, const char *text, size_t len, mode_t mode);

/*
 * Does so with the file's group set to gid ((gid_t)-1: whatever it is), and returns when both the
 * file and its name are on the disk.
 */
int replace_file_for_good(const char *path, const char *text, size_t len, mode_t mode, gid_t gid);

/* Returns the words for an error of these functions. */
const char *replace_error(int error);
