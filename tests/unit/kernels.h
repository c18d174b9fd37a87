/* SPDX-License-Identifier: GPL-2.0-only */
/* What `enum lockdown_reason` is on some kernels (include/linux/security.h of each). */
#pragma once

#include "abi.h"
#include "blob.h"

extern const struct enumerator kernel_5_10[];
extern const struct enumerator kernel_6_1[];

/* 6.1 with two reasons that this build does not know, one of each class. */
extern const struct enumerator kernel_next[];

/* The operations of such a kernel, by way of its BTF. */
void kernel_operations(const struct enumerator *kernel, struct bpflock_operation ret_ops[BPFLOCK_REASONS]);

/* The number of an enumerator without its LOCKDOWN_, -1 if that kernel lacks it. */
int kernel_reason(const struct enumerator *kernel, const char *name);

/* The bits of a list as people write it, all of which this kernel has; else the test fails. */
uint64_t kernel_mask(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *list);
