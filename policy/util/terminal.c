// SPDX-License-Identifier: GPL-2.0-only
#include "terminal.h"

#include <string.h>
#include <sys/ioctl.h>

#include "util.h"

#define TEXT_MIN 20 /* columns: in less than that nothing is gained */

unsigned int terminal_columns(FILE *f)
{
	struct winsize size;

	return isatty(fileno(f)) && ioctl(fileno(f), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

unsigned int terminal_rows(FILE *f)
{
	struct winsize size;

	return isatty(fileno(f)) && ioctl(fileno(f), TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

/* Bytes of the text that go into a line of so many columns, up to a blank if there is one. */
static size_t fitting(const char *text, unsigned int columns)
{
	size_t len = 0, end = 0;

	for (; text[len]; len++) {
		/* a byte that goes on with a character takes no column */
		if ((text[len] & 0xc0) != 0x80 && columns-- == 0)
			break;
		if (text[len] == ' ')
			end = len;
	}
	return !text[len] || text[len] == ' ' ? len : end;
}

void terminal_print_last(FILE *f, const char *text, unsigned int column)
{
	unsigned int columns = terminal_columns(f);
	size_t len;

	if (columns < column + TEXT_MIN) {
		fputs(text, f);
		return;
	}
	for (;;) {
		len = fitting(text, columns - column);
		if (len == 0) /* one word, longer than a line */
			len = strcspn(text, " ");
		fwrite(text, 1, len, f);
		text += len;
		text += strspn(text, " ");
		if (!*text)
			return;
		fprintf(f, "\n%*s", (int)column, "");
	}
}
