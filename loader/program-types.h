/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel types that the programs need: what they attach to, and what they are relocated by.
 * libbpf would read and index all of the kernel's BTF to find them, which took most of the time of
 * a load outside the kernel. We have read that BTF already, look up a few functions there, and hand
 * libbpf the part that is left to find (btf-part.h).
 */
#pragma once

#include <bpf/libbpf.h>
#include <stdint.h>

#include "btf.h"

#define PROGRAM_TYPES_KINDS 4
#define PROGRAM_TYPES_MAX   32

struct program_types {
	int fd; /* of the part, a file in memory; -1: there is none */
	char path[32];
	int handlers[PROGRAM_TYPES_KINDS]; /* libbpf's; negative: none */
	struct program_type {
		char program[32];
		uint32_t id; /* of what it attaches to */
	} found[PROGRAM_TYPES_MAX];
	uint32_t n;
};

/*
 * From here on, objects that are opened with t->path have their programs' types from *t, which must
 * stay where it is. 0 or a negative errno. The caller ends it with program_types_done(), also after
 * an error.
 */
int program_types_begin(struct program_types *t);
void program_types_done(struct program_types *t);

/* Looks up what the programs of an opened object that are to be loaded need. 0 or a negative errno.
 */
int program_types_find(struct program_types *t, const struct raw_btf *btf, struct bpf_object *obj);
