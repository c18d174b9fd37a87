/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The path of a file inside its file system, from the file upwards (see BPFLOCK_PATH_* in abi.h).
 * Names of up to DNAME_INLINE_LEN - 1 bytes stand in the dentry itself and are copied by words,
 * which is much cheaper than bpf_snprintf(), and unlike a probe_read helper always allowed. A file
 * that is being renamed may yield a mixture of both names.
 */
#pragma once

#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "abi.h"
#include "kernel.h"

#define PATH_DEPTH 16 /* what is above so many names is cut off */
#define PATH_SLACK 8  /* bytes behind the text, which copying by words may fill */

/* The place of a short name in a dentry, which is the same in all of them. */
struct path_inline {
	__u64 offset;
	__u64 size;
};

/* To be asked once: the compiler would ask again for each name. */
static __always_inline struct path_inline path_inline(void)
{
	struct dentry___shortname *new = NULL;
	struct dentry *old = NULL;
	struct path_inline in;

	if (bpf_core_field_exists(new->d_shortname)) {
		in.offset = bpf_core_field_offset(new->d_shortname);
		in.size = bpf_core_field_size(new->d_shortname);
		/* or both ways would be gone, and one cannot be */
		barrier_var(in.offset);
	} else {
		in.offset = bpf_core_field_offset(old->d_iname);
		in.size = bpf_core_field_size(old->d_iname);
		barrier_var(in.offset);
	}
	barrier_var(in.size);
	return in;
}

static __always_inline const __u64 *path_words(struct dentry *d, struct path_inline in)
{
	return (const void *)d + in.offset;
}

/*
 * Appends a long name and '/'. The verifier wants a constant size for each place in the text, so
 * there are three of them. False if it does not fit.
 */
static __noinline bool path_append_long(struct dentry *d, char *to, const __u32 size,
					volatile __u8 *len)
{
	static const char format[] = "%s";
	const char *name = (const char *)d->d_name.name;
	__u64 at = *len, end;
	__u32 room;
	long n;

	barrier_var(at);
	if (at <= 16)
		n = bpf_snprintf(to + at, room = size - 17, format, (__u64 *)&name, 8);
	else if (at <= 32 && size > 64)
		n = bpf_snprintf(to + at, room = size - 33, format, (__u64 *)&name, 8);
	else if (at <= 48 && size > 64)
		n = bpf_snprintf(to + at, room = size - 49, format, (__u64 *)&name, 8);
	else
		return false;
	if (n <= 0)
		return false;
	end = at + (n > room ? room : n) - 1;
	*len = end;
	if (n > room || end >= size - 1)
		return false;
	to[end] = '/';
	*len = end + 1;
	return true;
}

/*
 * Appends a name and '/'; false if it does not fit. The length is in memory, so that the verifier
 * has no need to follow it through a loop.
 */
static __always_inline bool path_append(struct dentry *d, struct path_inline in, char *to,
					const __u32 size, volatile __u8 *len)
{
	const __u32 room = size - PATH_SLACK;
	__u64 n = d->d_name.len, at = *len, end = at + n;
	const __u64 *words = path_words(d, in);

	if (n >= in.size)
		return path_append_long(d, to, size, len);
	if (end >= room)
		return false;
	/* the compiler knows that it is small and would not look; the verifier wants to see it */
	barrier_var(at);
	if (at > room)
		return false;
	*(__u64 *)(to + at) = words[0];
#pragma unroll
	for (__u32 i = 1; i < 5; i++) {
		__u64 place = at;

		if (n <= 8 * i)
			break;
		barrier_var(place);
		if (place > room - 8 * i)
			return false;
		*(__u64 *)(to + place + 8 * i) = words[i];
	}
	to[end] = '/';
	*len = end + 1;
	return true;
}

/* Ends the text, without the last so many bytes. */
static __always_inline void path_end(char *to, const __u32 size, volatile __u8 *len, __u32 without)
{
	__u64 end = *len;

	barrier_var(end);
	end -= without;
	if (end >= size)
		return;
	to[end] = '\0';
	*len = end;
}

/*
 * Writes a path into to[size] and its length into *len; returns BPFLOCK_PATH_*. One that is its own
 * parent is the root of a file system, or a file that has no place in any, as of memfd_create(2).
 */
static __always_inline __u8 path_write(struct dentry *d, char *to, const __u32 size,
				       volatile __u8 *len)
{
	const struct path_inline in = path_inline();
	struct dentry *parent = d->d_parent;
	__u8 flags = BPFLOCK_PATH_CUT;

	*len = 0;
	if (parent == d) {
		flags = path_append(d, in, to, size, len) ? 0 : BPFLOCK_PATH_CUT;
		path_end(to, size, len, !flags);
		return flags;
	}
	if (!d->d_hash.pprev)
		flags |= BPFLOCK_PATH_DELETED;
	for (int i = 0; i < PATH_DEPTH; i++) {
		if (!path_append(d, in, to, size, len))
			break;
		d = parent;
		parent = d->d_parent;
		if (parent == d) {
			flags &= ~BPFLOCK_PATH_CUT;
			break;
		}
	}
	path_end(to, size, len, 0);
	return flags;
}
