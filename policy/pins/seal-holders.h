/* SPDX-License-Identifier: GPL-2.0-only */
/* Holders have files open from before a seal, which are never checked again. */
#pragma once

#include <stdio.h>

/* Lists the processes that have a file open which a policy would refuse to open; nothing if there
 * is none. */
void seal_holders_print(FILE *f);
