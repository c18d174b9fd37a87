/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds single types in raw BTF, which is walked over once. libbpf would index all of vmlinux by
 * name and copy it, which costs more than the rest of the loader does (130,000 types for one enum).
 * Format: Documentation/bpf/btf.rst of Linux.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define BTF_PATH "/sys/kernel/btf/vmlinux"

struct raw_btf;

/*
 * btf[len], which need not be sound: -EBADMSG if it is damaged, or -ENOMEM. It stays the caller's,
 * and stays for as long as *ret does.
 */
int raw_btf_new(const void *btf, size_t len, struct raw_btf **ret);

/* The running kernel's. Errors: the same, and those of open(2) and read(2). */
int raw_btf_open(struct raw_btf **ret);

/* Returns NULL. */
struct raw_btf *raw_btf_free(struct raw_btf *btf);
void raw_btf_freep(struct raw_btf **btf);

/* In bytes. */
size_t raw_btf_size(const struct raw_btf *btf);

/* name: inside the BTF, NUL-terminated, not owned. A non-zero return ends the walk and is handed
 * up. */
typedef int (*btf_enumerator_fn)(const char *name, uint32_t value, void *arg);

/*
 * Calls fn for each enumerator of `enum name`. -ENOENT if there is no such enum with enumerators,
 * -EBADMSG if one has no name.
 */
int btf_each_enumerator(const struct raw_btf *btf, const char *name, btf_enumerator_fn fn,
			void *arg);

struct btf_wanted {
	uint32_t kind; /* BTF_KIND_* */
	const char *name;
	uint32_t id; /* returned; 0: there is none */
};

/* The first types of those kinds and names. */
void btf_find(const struct raw_btf *btf, struct btf_wanted *wanted, size_t n);

/* The type id of function `name`, as BPF_PROG_LOAD's attach_btf_id wants it; 0: there is none. */
uint32_t btf_find_function(const struct raw_btf *btf, const char *name);

/*
 * The structures and unions of n names, and what lies inside them, as BTF of their own; pointers
 * point to void there, and enums are but their size. That is what CO-RE needs to find members.
 * names: sorted, as strcmp() has it. *ret: the caller frees it. -EBADMSG, or -ENOMEM.
 */
int btf_slice(const struct raw_btf *btf, const char *const *names, size_t n, void **ret,
	      size_t *ret_len);
