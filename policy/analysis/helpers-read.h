/* SPDX-License-Identifier: GPL-2.0-only */
/* The running kernel and its processes, looked at for the usermode helpers. */
#pragma once

#include "helpers.h"

/* Looks at the kernel and at each process. What cannot be read is unknown; nothing fails. */
void helpers_read(struct helpers *ret);
