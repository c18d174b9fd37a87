/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel memory that no BTF type leads to, such as an element of an array of pointers. The
 * probe_read helpers would not load where bpf_read is denied; bpf_snprintf() reads an IPv6 address,
 * 16 bytes, by the same fault-safe copy and prints it in hexadecimal (kernel/bpf/helpers.c, %pi6,
 * since Linux 5.13).
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "global.h"

/* The address is in memory, because a pointer is no argument for the number that it is here. */
struct peek {
	__u64 address;
	__u64 value;
	__u64 failed; /* how often: the address cannot be read, or the kernel's few buffers were all
			 in use */
};

static __always_inline __u64 hex_digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* The 8 bytes at p->address, into p->value; 0 if they cannot be read. Global, so that the verifier
 * looks at it once. */
__noinline int peek(ONLY(struct peek, only))
{
	struct peek *p = *only;
	static const char format[] = "%pi6";
	char text[33] = {};
	__u64 args[1], value = 0;

	if (!only)
		return 0;
	args[0] = p->address;
	p->value = 0;
	if (bpf_snprintf(text, sizeof(text), format, args, sizeof(args)) != sizeof(text)) {
		p->failed++;
		return 0;
	}
	/* the last byte first: both architectures are little-endian */
	for (int i = 7; i >= 0; i--)
		value = value << 8 | hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]);
	p->value = value;
	return 0;
}

static __always_inline __u64 peek_at(struct peek *p, __u64 address)
{
	p->address = address;
	peek(AS_ONLY(p));
	return p->value;
}
