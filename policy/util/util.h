/* SPDX-License-Identifier: GPL-2.0-only */
/* Ownership and small arithmetic: the macros that every module uses. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Runs fn(&variable) when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Hands a pointer or an fd over to somebody else and forgets it. */
#define TAKE_PTR(p)                         \
	({                                  \
		__typeof__(p) taken_ = (p); \
		(p) = NULL;                 \
		taken_;                     \
	})
#define TAKE_FD(fd)                \
	({                         \
		int taken_ = (fd); \
		(fd) = -1;         \
		taken_;            \
	})

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

static inline void free_charp(char **p)
{
	free(*p);
}

static inline void close_fdp(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void close_filep(FILE **f)
{
	if (*f)
		fclose(*f);
}

/* Room for one more in an array of n items, *items; a power of two at a time. */
static inline bool array_grow(void *items, size_t n, size_t size)
{
	void **array = items, *more;

	if (n & (n - 1))
		return true;
	more = reallocarray(*array, n ? 2 * n : 1, size);
	if (more)
		*array = more;
	return more != NULL;
}
