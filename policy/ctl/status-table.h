/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of operations in the status. */
#pragma once

#include "loaded-state.h"

/*
 * Prints a row for each operation that was used, or that is decided in another way than by the
 * profile; with `all` for each of this kernel. The set can be read.
 */
void status_table_print(const struct loaded_state *r, bool all);
