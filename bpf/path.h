/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The path of a file inside its file system, from the file upwards (see BPFLOCK_PATH_* in abi.h). Names of up to
 * DNAME_INLINE_LEN - 1 bytes stand in the dentry itself and are copied by words, which is much cheaper than
 * bpf_snprintf(), and unlike a probe_read helper always allowed. A file that is being renamed may yield a
 * mixture of both names.
 */
#pragma once

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "abi.h"
#include "kernel.h"

#define PATH_DEPTH 16 /* what is above so many names is cut off */
#define PATH_SLACK 8  /* bytes behind the text, which copying by words may fill */

/* A text that grows: its length is in memory, so that the verifier has no need to follow it through a loop. */
struct path_text {
	char *to;
	volatile __u8 *len;
};

/* Since Linux 6.14 the short name is in a union. */
#define HAS_SHORTNAME(d) bpf_core_field_exists(((struct dentry___shortname *)(d))->d_shortname)

static __always_inline __u32 path_inline_len(struct dentry *d)
{
	return HAS_SHORTNAME(d) ? bpf_core_field_size(((struct dentry___shortname *)d)->d_shortname)
				: bpf_core_field_size(d->d_iname);
}

static __always_inline const __u64 *path_words(struct dentry *d)
{
	return HAS_SHORTNAME(d) ? ((struct dentry___shortname *)d)->d_shortname.words : d->d_iname;
}

/*
 * Appends a long name. The verifier wants a constant size for each place in the text, so there are three of
 * them. False if it does not fit.
 */
static __always_inline bool path_append_long(struct dentry *d, struct path_text *t, const __u32 size)
{
	static const char format[] = "%s";
	const char *name = (const char *)d->d_name.name;
	__u64 at = *t->len;
	__u32 room;
	long n;

	barrier_var(at);
	if (at <= 16)
		n = bpf_snprintf(t->to + at, room = size - 16, format, (__u64 *)&name, 8);
	else if (at <= 32 && size > 64)
		n = bpf_snprintf(t->to + at, room = size - 32, format, (__u64 *)&name, 8);
	else if (at <= 48 && size > 64)
		n = bpf_snprintf(t->to + at, room = size - 48, format, (__u64 *)&name, 8);
	else
		return false;
	if (n <= 0)
		return false;
	*t->len = at + (n > room ? room : n) - 1;
	return n <= room;
}

/* Appends a name of the dentry itself; false if it does not fit. */
static __always_inline bool path_append_short(struct dentry *d, struct path_text *t,
					      const __u32 size, __u64 n)
{
	const __u32 end = size - PATH_SLACK;
	const __u64 *words = path_words(d);
	__u64 at = *t->len;

	if (at + n >= end)
		return false;
#pragma unroll
	for (__u32 i = 0; i < 5; i++) {
		__u64 place = at;

		if (i && n <= 8 * i)
			break;
		/* the compiler knows that it is small and would not look; the verifier wants to see it */
		barrier_var(place);
		if (place > end - 8 * i)
			return false;
		*(__u64 *)(t->to + place + 8 * i) = words[i];
	}
	*t->len = at + n;
	return true;
}

static __always_inline bool path_append(struct dentry *d, struct path_text *t, const __u32 size)
{
	__u64 n = d->d_name.len;

	return n < path_inline_len(d) ? path_append_short(d, t, size, n)
				      : path_append_long(d, t, size);
}

static __always_inline bool path_append_char(struct path_text *t, const __u32 size, char c)
{
	__u64 at = *t->len;

	barrier_var(at);
	if (at >= size - 1)
		return false;
	t->to[at] = c;
	*t->len = at + (c != '\0');
	return true;
}

/*
 * Writes a path into to[size] and its length into *len; returns BPFLOCK_PATH_*. One that is its own parent is the root
 * of a file system, or a file that has no place in any, as of memfd_create(2).
 */
static __always_inline __u8 path_write(struct dentry *d, char *to, const __u32 size,
				       volatile __u8 *len)
{
	struct path_text t = { to, len };
	__u8 flags = d->d_parent != d && !d->d_hash.pprev ? BPFLOCK_PATH_DELETED : 0;
	bool fits = false;

	*len = 0;
	for (int i = 0; i < PATH_DEPTH; i++) {
		struct dentry *parent = d->d_parent;

		fits = parent == d && i > 0;
		if (fits)
			break;
		fits = path_append(d, &t, size);
		if (!fits || parent == d)
			break;
		fits = false;
		if (!path_append_char(&t, size, '/'))
			break;
		d = parent;
	}
	path_append_char(&t, size, '\0');
	return fits ? flags : flags | BPFLOCK_PATH_CUT;
}
