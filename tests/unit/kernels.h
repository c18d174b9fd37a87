/* SPDX-License-Identifier: GPL-2.0-only */
/* Some kernels' `enum lockdown_reason` stands here (include/linux/security.h of each). */
#pragma once

#include "abi.h"
#include "blob.h"
#include "operations.h"
#include "policy.h"
#include "test.h"

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

/* Reads and compiles the policy that a text is on such a kernel; the test fails if it is wrong. */
void kernel_policy(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *text,
		   struct policy *ret);

/* The file's tests all have the operations of 6.1 in ops. */
#define TEST_OPERATIONS(ops)                               \
	static struct bpflock_operation ops[BPFLOCK_REASONS]; \
	static int ops##_set_up(void **state)              \
	{                                                  \
		kernel_operations(kernel_6_1, ops);        \
		operations_add_own(ops);                   \
		return 0;                                  \
	}                                                  \
	TEST_GROUP(ops##_set_up, NULL)
