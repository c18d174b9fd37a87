/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/* Returns whether a list in the kernel's form ("0-3,8\n") begins with 0 and is one range. */
bool possible_cpus_is_one_range(const char *list);

/*
 * Returns whether the numbers of possible CPUs have no gap: for those in a gap the kernel has no
 * memory, and bpf_map_lookup_percpu_elem() (kernel/bpf/arraymap.c) compares with the highest number
 * alone. False if that cannot be told.
 */
bool possible_cpus_have_no_gap(void);
