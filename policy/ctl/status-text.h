/* SPDX-License-Identifier: GPL-2.0-only */
/* The status for a person. */
#pragma once

#include "loaded-state.h"

/*
 * Prints what is used, or is not as built in; with `all` everything. The last denials only with
 * records. The set can be read.
 */
void status_text_print(const struct loaded_state *r, bool all, bool records);
