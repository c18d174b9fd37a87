/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors of attaching an LSM program to a cgroup, in words, and what helps. */
#pragma once

#include <stdbool.h>

#include "preflight.h"

/*
 * Returns the text of strerror(3), or one for an error that only the kernel knows
 * (include/linux/errno.h).
 */
#define ENOTSUPP 524
const char *preflight_attach_strerror(int error);

/* Returns whether an error of attaching an LSM program to a cgroup has a cure, and the cure. */
bool preflight_attach_cure(int error, char ret_cure[PREFLIGHT_CURE_LEN]);
