/* SPDX-License-Identifier: GPL-2.0-only */
/* The option --color, which all programs have. */
#pragma once

#include "complete.h"
#include "diagnostic.h"
#include "options.h"

/* The row of the option in a program's table; id is the program's. */
#define COLOR_OPTION(id) \
	{ "color", 0, "WHEN", "auto, always or never (default: auto)", id, color_complete }

void color_complete(struct completion *c);

/* Sets what is coloured by the option's argument, NULL if it was not given. An unknown word is diagnosed. */
void color_choose(const char *word, struct diagnostics *d);
