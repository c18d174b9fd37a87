/* SPDX-License-Identifier: GPL-2.0-only */
/* What of a set of pins a seal is about: each pin, map, program and link. seal*.c only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../bpf/abi.h"

struct seal_objects {
	struct bpflock_sealed keys[BPFLOCK_SEALED_MAX];
	uint32_t flags[BPFLOCK_SEALED_MAX];
	uint32_t n;
};

/*
 * All that is below the set's directory, the directory included, with the inner maps of its maps
 * and all maps of its programs; and what of the kernel's is guarded along with them. 0, -E2BIG if
 * they are too many, or another negative errno.
 */
int seal_objects_collect(const char *set_path, struct seal_objects *ret);
