/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds small BTF by hand, sound or not. Format: Documentation/bpf/btf.rst of Linux. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <linux/btf.h>

#include "btf.h"

#define BLOB_KIND_ENUM64 19 /* newer than the oldest headers */
#define BLOB_KIND_MAX	 19
#define BLOB_ROOM	 8192

struct blob {
	struct btf_header header;
	unsigned char types[BLOB_ROOM];
	char strings[BLOB_ROOM];
	uint32_t last_id;
};

struct enumerator {
	const char *name;
	int32_t value;
};

void blob_init(struct blob *b);

/* Enters a string and returns its offset. */
uint32_t blob_string(struct blob *b, const char *s);

/* Enters a type with what follows it and returns its id. size: or the type it refers to. */
uint32_t blob_type(struct blob *b, const char *name, unsigned int kind, unsigned int vlen, uint32_t size,
		   const void *members, size_t members_len);

/* A type of this kind with as many zero bytes behind it as the kernel's format says. */
uint32_t blob_any(struct blob *b, const char *name, unsigned int kind, unsigned int vlen);

/* rows: up to one without a name. */
uint32_t blob_enum(struct blob *b, const char *name, const struct enumerator *rows);

/* The bytes, in an allocation of just their size, which the caller frees. */
unsigned char *blob_bytes(const struct blob *b, size_t *ret_len);

/* The same, read; it owns its bytes. Errors: btf_raw_new()'s. */
int blob_btf(const struct blob *b, struct raw_btf **ret);
