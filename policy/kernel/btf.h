/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Raw BTF is walked over where it lies, to find single types. libbpf would copy and index all of
 * vmlinux, which takes most of the time that a load has outside the kernel. Format:
 * Documentation/bpf/btf.rst of Linux.
 */
#pragma once

#include <linux/btf.h>
#include <stddef.h>
#include <stdint.h>

/* Newer than the oldest headers we build against (it came with 6.0); its enumerators have three
 * words. */
#define BTF_RAW_ENUM64 19

#define BTF_PATH "/sys/kernel/btf/vmlinux"

/*
 * Each type lies within types, with all that belongs to it, and its name within strings, which end
 * with NUL. Types that it refers to are not checked.
 */
struct raw_btf {
	const unsigned char *types;
	const char *strings;
	size_t types_len;
	size_t strings_len;
	size_t n_types; /* their ids are 1 to this */
	struct btf_raw_function {
		uint32_t name_off, id;
	} *functions; /* [n_functions], in the order of their ids; owned */
	size_t n_functions;
	size_t size;  /* of all of it */
	void *mapped; /* owned, or NULL */
	void *copy;   /* the same */
};

/*
 * Takes btf[len], which may be damaged: then -EBADMSG; or -ENOMEM. It stays the caller's, and stays
 * for as long as *ret does.
 */
int btf_raw_new(const void *btf, size_t len, struct raw_btf **ret);

/* The running kernel's. Errors: the same, and those of open(2) and read(2). */
int btf_raw_open(struct raw_btf **ret);

/* Frees b, which may be NULL. Returns NULL. */
struct raw_btf *btf_raw_free(struct raw_btf *btf);
void btf_raw_freep(struct raw_btf **btf);

/*
 * Reads the type at *offset in btf->types, and moves that on to the next. What belongs to the type
 * lies between. 0, or -EBADMSG, which a BTF that btf_raw_new() has taken never gets.
 */
int btf_raw_next(const struct raw_btf *btf, size_t *offset, struct btf_type *ret);

/*
 * Calls visit for each enumerator. name: inside the BTF, NUL-terminated, not owned. A non-zero
 * return ends the walk and is handed up.
 */
typedef int (*btf_enumerator_fn)(const char *name, uint32_t value, void *arg);

/*
 * Calls fn for each enumerator of `enum name`. -ENOENT if there is no such enum with enumerators,
 * -EBADMSG if one has no name.
 */
int btf_each_enumerator(const struct raw_btf *btf, const char *name, btf_enumerator_fn fn,
			void *arg);

/* The type id of function `name`, as BPF_PROG_LOAD's attach_btf_id wants it; 0: there is none. */
uint32_t btf_find_function(const struct raw_btf *btf, const char *name);

/* The type id of the first `typedef name`; 0: there is none. */
uint32_t btf_find_typedef(const struct raw_btf *btf, const char *name);
