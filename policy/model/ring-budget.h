/* SPDX-License-Identifier: GPL-2.0-only */
/* The shares of the ring buffer's room that classes of records have. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"

/* With no more of a ring of so many bytes in use, no class is held to its share. */
#define RING_CROWDED(size) ((size) / 4)

/*
 * Shares out the ring's room, in bytes, among the classes of records; see enum bpflock_class.
 * sealed: only then there are records of tampering.
 */
void ring_budget(const struct bpflock_policy *policy, bool sealed,
		uint32_t ret_budgets[_BPFLOCK_CLASS_MAX]);
