/* SPDX-License-Identifier: GPL-2.0-only */
/* Eight bytes of a text at a time, for questions that nearly all texts answer the same way. */
#pragma once

#include <stdint.h>
#include <string.h>

#define BYTES8	   8
#define BYTES8_ALL 0x0101010101010101ULL /* times a byte: eight of it */

static inline uint64_t bytes8_load(const char *s)
{
	uint64_t x;

	memcpy(&x, s, sizeof(x));
	return x;
}

/* Returns 0 if none of them is below n, which is at most 128. */
static inline uint64_t bytes8_below(uint64_t x, unsigned char n)
{
	return (x - BYTES8_ALL * n) & ~x & BYTES8_ALL * 0x80;
}

/* Returns 0 if none of them is c. */
static inline uint64_t bytes8_has(uint64_t x, unsigned char c)
{
	return bytes8_below(x ^ BYTES8_ALL * c, 1);
}

/* Returns 0 if all of them are ASCII. */
static inline uint64_t bytes8_high(uint64_t x)
{
	return x & BYTES8_ALL * 0x80;
}
