// SPDX-License-Identifier: GPL-2.0-only
#include "color.h"

#include <string.h>

#include "terminal.h"

void color_complete(struct completion *c)
{
	for (size_t i = 0; i < _TERMINAL_COLOR_MAX; i++)
		complete_add(c, terminal_color_words[i], NULL);
}

void color_choose(const char *word, struct diagnostics *d)
{
	const struct place at = { .source = "--color" };

	for (size_t i = 0; word && i < _TERMINAL_COLOR_MAX; i++) {
		if (strcmp(word, terminal_color_words[i]) != 0)
			continue;
		terminal_set_color(i);
		return;
	}
	if (word)
		diagnostic_error(d, &at, "\"%s\" is not valid: use auto, always or never", word);
}
