// SPDX-License-Identifier: GPL-2.0-only
#include "message.h"

#include <stdarg.h>
#include <string.h>

#include "progress.h"
#include "text.h"

static const char *program = "bpflock";

void message_program(const char *name)
{
	program = name;
}

PRINTF(2, 0)
static void print(const char *kind, const char *fmt, va_list ap)
{
	CLEANUP(free_charp) char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	progress_hide();
	fprintf(stderr, "%s: %s", program, kind);
	text_puts(stderr, text ? text : fmt);
	fputc('\n', stderr);
}

void message_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("", fmt, ap);
	va_end(ap);
}

void message_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("warning: ", fmt, ap);
	va_end(ap);
}

void message_hint(const char *fmt, ...)
{
	static bool given;
	va_list ap;

	if (given)
		return;
	given = true;
	va_start(ap, fmt);
	print("hint: ", fmt, ap);
	va_end(ap);
}

int message_cannot(const char *object, const char *action, int r)
{
	message_error("%s: cannot %s: %s", object, action, strerror(-r));
	return r;
}
