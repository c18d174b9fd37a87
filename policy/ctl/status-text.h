/* SPDX-License-Identifier: GPL-2.0-only */
/* The status for a person. */
#pragma once

#include "loaded-state.h"

/* Prints all of it; the last denials only with records. The set can be read. */
void status_text_print(const struct loaded_state *r, bool records);

/* Prints its first line: whether this machine is protected. */
void status_text_state(const struct loaded_state *r);
