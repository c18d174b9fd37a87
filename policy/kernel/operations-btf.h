/* SPDX-License-Identifier: GPL-2.0-only */
/* The operations of the running kernel, by the enumerators of its BTF. */
#pragma once

#include "btf.h"
#include "operations.h"

/*
 * The operations of the kernel whose BTF this is, one row per reason number. Errors: those of
 * btf_each_enumerator(), -ENOENT also if the enum lacks its two limits, -E2BIG for a reason number
 * that does not fit a mask (no kernel has that many today).
 */
int operations_btf_read(const struct raw_btf *btf,
			struct bpflock_operation ret_ops[BPFLOCK_REASONS]);
