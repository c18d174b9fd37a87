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

/* The type id of function `name`, as BPF_PROG_LOAD's attach_btf_id wants it; errors as above. */
int btf_find_function(const void *btf, size_t len, const char *name, uint32_t *ret_id);
