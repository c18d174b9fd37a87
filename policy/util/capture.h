/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A part of a report, made by a process of its own: it may fail, crash, hang or never end to speak.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct capture_limits {
	size_t bytes;
	unsigned int ms;
};

/*
 * Runs print(arg) in a child, with nothing on standard input, and writes to f a heading, what the
 * child has written to standard output and standard error, and what became of it in brackets, if
 * that is not status 0. What is beyond the limits is cut off, and the child and all that it has
 * started ended. Control bytes come as \xNN. f must not be standard output with something in its
 * buffer. Returns whether the status was 0.
 */
bool capture_write(FILE *f, const char *title, int (*print)(const void *arg), const void *arg,
		   const struct capture_limits *limits);

/*
 * Takes what it writes to both instead, NUL-terminated and owned by the caller, and its exit status.
 * 0, or as capture_read(): then it did not come to an end by itself.
 */
int capture_all(int (*print)(const void *arg), const void *arg,
		const struct capture_limits *limits, char **ret_text, int *ret_status);

/*
 * Takes what it writes to both instead, NUL-terminated and owned by the caller; ret_len may be NULL. 0, -ETIMEDOUT or
 * -EFBIG beyond the limits, -EIO if its status was not 0, or another negative errno.
 */
int capture_read(int (*print)(const void *arg), const void *arg,
		 const struct capture_limits *limits, char **ret_text, size_t *ret_len);
