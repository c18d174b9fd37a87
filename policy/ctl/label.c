// SPDX-License-Identifier: GPL-2.0-only
#include "label.h"

#include <stdarg.h>

#include "terminal.h"

#define LABEL_WIDTH 12

void label_print(const char *label, const char *fmt, ...)
{
	CLEANUP(free_charp) char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL;
		return;
	}
	printf("%*s%c ", LABEL_WIDTH, label, label[0] ? ':' : ' ');
	terminal_print_last(stdout, text, LABEL_WIDTH + 2);
	putchar('\n');
}
