/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A batch of output. stdio would format each of some twenty numbers a record through a parser and a
 * lock, and could not say what of a failed write was taken. Does no I/O.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define OUT_BATCH (64 * 1024) /* written out from here on */
/*
 * The buffer holds a batch and the longest line: a file name and a cgroup of 4096 bytes each, every
 * byte escaped and then printed in hexadecimal.
 */
#define OUT_SIZE  (192 * 1024)
#define OUT_CHUNK 32 /* of out_chunk() */
#define OUT_KEPT  64 /* of out_kept() */

struct out {
	size_t len;
	bool overflow; /* something was cut off; cannot happen while batches are kept */
	char data[OUT_SIZE];
};

static inline void out_bytes(struct out *o, const char *s, size_t len)
{
	if (__builtin_expect(len > sizeof(o->data) - o->len, 0)) {
		o->overflow = true;
		return;
	}
	memcpy(o->data + o->len, s, len);
	o->len += len;
}

/* The first len bytes of a text that is kept in OUT_CHUNK bytes: two moves instead of a call. */
static inline void out_chunk(struct out *o, const char s[OUT_CHUNK], size_t len)
{
	if (__builtin_expect(sizeof(o->data) - o->len < OUT_CHUNK, 0)) {
		out_bytes(o, s, len);
		return;
	}
	memcpy(o->data + o->len, s, OUT_CHUNK);
	o->len += len;
}

/* Writes the first len bytes of a text that is kept in OUT_KEPT bytes. */
static inline void out_kept(struct out *o, const char s[OUT_KEPT], size_t len)
{
	if (__builtin_expect(sizeof(o->data) - o->len < OUT_KEPT, 0)) {
		out_bytes(o, s, len);
		return;
	}
	memcpy(o->data + o->len, s, OUT_KEPT);
	o->len += len;
}

static inline void out_char(struct out *o, char c)
{
	out_bytes(o, &c, 1);
}

static inline void out_text(struct out *o, const char *s)
{
	out_bytes(o, s, strlen(s));
}

void out_u64(struct out *o, uint64_t n);
void out_i64(struct out *o, int64_t n);

/* Writes n in `width` digits, leading zeros included. */
void out_digits(struct out *o, uint64_t n, unsigned int width);

/* Two hexadecimal digits a byte. */
void out_hex(struct out *o, const char *s, size_t len);

/*
 * s as a JSON string, its quotes included, with the escapes of text.h. Whether the string says all
 * of s: false if there were such bytes.
 */
bool out_json_string(struct out *o, const char *s, size_t len);

/* Writes the same bytes as text_write(). */
void out_escaped(struct out *o, const char *s, size_t len, char quote);

/* Returns the columns of what was written since `start`: as wide as it looks, not as long as it is.
 */
unsigned int out_columns(const struct out *o, size_t start);

/* Appends blanks until what was written since `start` fills width columns, and one more. */
void out_pad(struct out *o, size_t start, size_t width);

/*
 * Cuts an escaped text that was written since `start` to so many columns, at least 8: the beginning
 * becomes
 * "...", up to a slash if one follows, or the end does. Escapes and characters stay whole.
 */
void out_cut_left(struct out *o, size_t start, unsigned int columns);
void out_cut_right(struct out *o, size_t start, unsigned int columns);

/* Takes the blanks at the end away. */
void out_trim(struct out *o);
