/* SPDX-License-Identifier: GPL-2.0-only */
/* Lines of a label and a text, which goes on below itself where the terminal is too narrow. */
#pragma once

#include "util.h"

/* Prints one line on stdout. What the format inserts is safe to print. */
void label_print(const char *label, const char *fmt, ...) PRINTF(2, 3);
