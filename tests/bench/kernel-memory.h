/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes of the kernel's, of all BPF objects that there are. */
#pragma once

#include <stdint.h>

struct kernel_memory {
	uint64_t maps;
	uint64_t programs;
};

struct kernel_memory kernel_memory(void);
