/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own type information, asked of the kernel: over the file in /sys/kernel/btf somebody
 * may have mounted another, which would have guards look at the wrong place.
 */
#pragma once

#include <bpf/btf.h>

/* 0, or a negative errno; -ENOENT if the kernel shows none. The caller ends *ret with btf__free().
 */
int seal_btf_kernel(struct btf **ret);

#define SEAL_BTF_PATH_LEN 32

/* A file in memory with BTF, for libbpf: its path, good until *ret_fd is closed. 0 or a negative
 * errno. */
int seal_btf_file(const void *data, size_t size, int *ret_fd, char ret_path[SEAL_BTF_PATH_LEN]);
