/* SPDX-License-Identifier: GPL-2.0-only */
/* The types of raw BTF, by id. */
#pragma once

#include <linux/btf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Newer than the oldest headers we build against (it came with 6.0); its enumerators have three
 * words. */
#define BTF_RAW_ENUM64 19

/*
 * Each type lies within types, with all that belongs to it, and its name within strings, which end
 * with NUL. What the type refers to is not checked.
 */
struct raw_btf {
	const unsigned char *types;
	const char *strings;
	size_t strings_len;
	uint32_t *offsets; /* in types, by id; owned */
	uint32_t n;	   /* ids are below it, void's 0 included */
	size_t size;	   /* of all of it */
	void *mapped;	   /* owned, or NULL */
	void *copy;	   /* the same */
};

/* A type, and the members that follow it. id: 1 to n - 1. */
static inline struct btf_type raw_btf_type(const struct raw_btf *btf, uint32_t id,
					   const unsigned char **ret_members)
{
	const unsigned char *at = btf->types + btf->offsets[id];
	struct btf_type t;

	memcpy(&t, at, sizeof(t)); /* it need not be aligned */
	*ret_members = at + sizeof(t);
	return t;
}
