// SPDX-License-Identifier: GPL-2.0-only
#include "message.h"

#include <stdarg.h>

#include "text.h"

void message(const char *fmt, ...)
{
	CLEANUP(free_charp) char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	va_end(ap);
	fputs("bpflock-log: ", stderr);
	text_puts(stderr, message ? message : fmt);
	fputc('\n', stderr);
}
