/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds single types in raw BTF by one walk over it. libbpf would index all of vmlinux first, which
 * costs more than the rest of the loader does (130,000 types for one enum).
 * Format: Documentation/bpf/btf.rst of Linux.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define BTF_PATH "/sys/kernel/btf/vmlinux"

/* name: inside btf, NUL-terminated, not owned. A non-zero return ends the walk and is handed up. */
typedef int (*btf_enumerator_fn)(const char *name, uint32_t value, void *arg);

/*
 * Calls fn for each enumerator of `enum name`. btf[len] need not be sound: -EBADMSG if it is
 * damaged, -ENOENT if there is no such enum with enumerators.
 */
int btf_each_enumerator(const void *btf, size_t len, const char *name, btf_enumerator_fn fn,
			void *arg);

struct btf_wanted {
	uint32_t kind; /* BTF_KIND_* */
	const char *name;
	uint32_t id; /* returned; 0: there is none */
};

/* The first types of those kinds and names, all by one walk; -EBADMSG if it is damaged. */
int btf_find(const void *btf, size_t len, struct btf_wanted *wanted, size_t n);

/*
 * The structures and unions of n names, and what lies inside them, as BTF of their own; pointers point to void
 * there, and enums are but their size. That is what CO-RE needs to find members.
 * names: sorted, as strcmp() has it. *ret: the caller frees it. -EBADMSG, or -ENOMEM.
 */
int btf_slice(const void *btf, size_t len, const char *const *names, size_t n, void **ret,
	      size_t *ret_len);

/* The type id of function `name`, as BPF_PROG_LOAD's attach_btf_id wants it; errors as above. */
int btf_find_function(const void *btf, size_t len, const char *name, uint32_t *ret_id);
