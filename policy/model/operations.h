/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations: the stable names of what the kernel asks security_locked_down() about, their groups,
 * and the numbers they have on the running kernel. Numbers are never compiled in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "diagnostic.h"
#include "json.h"

enum operation_group {
	GROUP_MODULES,
	GROUP_MEMORY,
	GROUP_IMAGE,
	GROUP_HARDWARE,
	GROUP_BPF,
	GROUP_TRACING,
	GROUP_DEBUGGER,
	GROUP_INTEGRITY,
	GROUP_CONFIDENTIALITY,
	GROUP_ALL,
	_GROUP_MAX,
};

/* The facts of an operation that hold for every kernel. */
struct operation {
	const char *name;
	const char *enumerator; /* without LOCKDOWN_ */
	const char *
		description; /* the kernel's own words: lockdown_reasons[] in security/security.c */
	unsigned int groups; /* 1 << enum operation_group; level and all are implied */
	bool unreliable_subject; /* current is not always the requester */
	bool queried;		 /* asked by reads that do not use it */
	bool own;		 /* no reason of the kernel's, and in no group */
};

struct operation_group_info {
	const char *name; /* with the @ */
	const char *description;
};

extern const struct operation operations_known[];
extern const size_t operations_known_count;
extern const struct operation_group_info operation_groups[_GROUP_MAX];

/*
 * Returns the facts of an operation name, or NULL: a kernel can have operations newer than this
 * build.
 */
const struct operation *operations_find(const char *name);

/*
 * The kernel's words for a reason of this table ("/dev/mem,kmem,port"); the plain name of an
 * operation that this build does not know; "unknown" for a number without a row.
 */
const char *operations_description(const struct bpflock_operation ops[BPFLOCK_REASONS],
				   uint32_t reason);
const char *operations_name(const struct bpflock_operation ops[BPFLOCK_REASONS], uint32_t reason);

/* A stand-in where the kernel's BTF cannot be read: all known ones, for checking words and nothing
 * else. */
void operations_assume(struct bpflock_operation ret_ops[BPFLOCK_REASONS]);

/* The bits of all operations that have a name on this kernel, ours included. */
uint64_t operations_named(const struct bpflock_operation ops[BPFLOCK_REASONS]);

/* Adds the operation of ours, module_request, of a kernel that has the hook. */
void operations_add_own(struct bpflock_operation ops[BPFLOCK_REASONS]);

/* Returns how many slots for records beside the ring the reasons of the kernel take, see BPFLOCK_KEPT_INDEX. */
uint32_t operations_kept(const struct bpflock_operation ops[BPFLOCK_REASONS]);

/* The bits of all operations governed at a level: integrity's alone, or all. */
uint64_t operations_governed(const struct bpflock_operation ops[BPFLOCK_REASONS], uint32_t level);

/* The bits that no operation of this table has, without ours: what the kernel may ask all the same. */
uint64_t operations_unnamed(const struct bpflock_operation ops[BPFLOCK_REASONS]);

/* The bits of a group on this kernel. */
uint64_t operations_in_group(const struct bpflock_operation ops[BPFLOCK_REASONS],
			     enum operation_group g);

/* Prints "kexec, msr": at most so many of a mask's operations, and how many more there are. */
#define OPERATIONS_SHOWN 6
void operations_print(FILE *f, const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t mask,
		      unsigned int most);

/* "kexec, msr", "" if the mask is empty; NULL: out of memory. Owned by the caller. */
char *operations_text(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t mask);

/* Writes the names of a mask's operations as a JSON array. key: NULL inside an array. */
void operations_json(struct json *j, const char *key,
		     const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t mask);

/* The bit of one operation, 0 if this kernel does not have it. */
uint64_t operations_bit(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *name);

/*
 * The reason that bpflock asks the kernel about to prove that it decides, bpf_read. BPFLOCK_REASON_UNKNOWN: this kernel has
 * none of that name.
 */
uint32_t operations_proof(const struct bpflock_operation ops[BPFLOCK_REASONS]);

/*
 * Adds to *mask what a list of operations and @groups names; commas and blanks separate. An
 * operation that this kernel lacks is a warning, one that no kernel has is an error with a
 * suggestion. at is where the list starts. Returns whether there was no error; *mask is changed
 * only then.
 */
bool operations_parse_list(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *list,
			   const struct place *at, uint64_t *mask, struct diagnostics *d);
