/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that others read while we write them anew. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * Makes path a file of this text and mode, whatever the umask, in one step: who opens it finds the
 * old one or the new one, whole. The text is first written beside it, as .NAME.XXXXXX. A symbolic
 * link of that name is replaced, not followed. 0 or a negative errno; then path is as it was, and
 * nothing is left beside it. -ENOENT: there is no such directory.
 */
int replace_file(const char *path, const char *text, size_t len, mode_t mode);
