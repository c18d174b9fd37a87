// SPDX-License-Identifier: GPL-2.0-only
#include "terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "util.h"

#define TEXT_MIN    20 /* columns: in less than that nothing is gained */
#define COLUMNS_MAX 4096

const char *const terminal_color_words[_TERMINAL_COLOR_MAX] = {
	[TERMINAL_COLOR_AUTO] = "auto",
	[TERMINAL_COLOR_ALWAYS] = "always",
	[TERMINAL_COLOR_NEVER] = "never",
};

static const char *const styles[_TERMINAL_STYLE_MAX] = {
	[TERMINAL_PLAIN] = "",		[TERMINAL_GREEN] = "\033[32m",
	[TERMINAL_YELLOW] = "\033[33m", [TERMINAL_RED] = "\033[1;31m",
	[TERMINAL_BOLD] = "\033[1m",
};

static enum terminal_color chosen = TERMINAL_COLOR_AUTO;

void terminal_set_color(enum terminal_color color)
{
	chosen = color;
}

bool terminal_colored(FILE *f)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (chosen != TERMINAL_COLOR_AUTO)
		return chosen == TERMINAL_COLOR_ALWAYS;
	return isatty(fileno(f)) && !(no_color && *no_color) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

const char *terminal_begin(enum terminal_style style)
{
	return styles[style];
}

const char *terminal_end(enum terminal_style style)
{
	return style == TERMINAL_PLAIN ? "" : "\033[0m";
}

void terminal_print(FILE *f, enum terminal_style style, const char *text)
{
	if (!terminal_colored(f))
		style = TERMINAL_PLAIN;
	fprintf(f, "%s%s%s", terminal_begin(style), text, terminal_end(style));
}

bool terminal_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
	bool utf8 = locale && strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;

	if (locale)
		freelocale(locale);
	return utf8;
}

const char *terminal_bullet(void)
{
	return terminal_utf8() ? "\xe2\x97\x8f" : "*";
}

/* The value of COLUMNS, 0 if it is unset or not a sensible number. */
static unsigned int columns_wished(void)
{
	const char *text = getenv("COLUMNS");
	char *end = NULL;
	unsigned long n = text && *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;

	return n && *end == '\0' && n <= COLUMNS_MAX ? n : 0;
}

unsigned int terminal_columns(FILE *f)
{
	struct winsize size;

	if (!isatty(fileno(f)))
		return columns_wished();
	if (ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return columns_wished() ?: TERMINAL_WIDTH;
}

unsigned int terminal_rows(FILE *f)
{
	struct winsize size;

	return isatty(fileno(f)) && ioctl(fileno(f), TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
}

/* Bytes of the text that go into a line of so many columns, up to blanks if there are any. */
static size_t fitting(const char *text, unsigned int columns)
{
	size_t len = 0, end = 0;

	for (; text[len]; len++) {
		/* a byte that goes on with a character takes no column */
		if ((text[len] & 0xc0) != 0x80 && columns-- == 0)
			break;
		if (text[len] == ' ' && (len == 0 || text[len - 1] != ' '))
			end = len;
	}
	if (!text[len] || (text[len] == ' ' && len > 0 && text[len - 1] != ' '))
		return len;
	return end;
}

void terminal_print_wrapped(FILE *f, const char *text, unsigned int column, unsigned int indent)
{
	unsigned int columns = terminal_columns(f);
	size_t len;

	if (columns < column + TEXT_MIN || columns < indent + TEXT_MIN) {
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
		fprintf(f, "\n%*s", (int)indent, "");
		column = indent;
	}
}

void terminal_print_last(FILE *f, const char *text, unsigned int column)
{
	terminal_print_wrapped(f, text, column, column);
}

void terminal_print_lines(FILE *f, const char *first, const char *next, const char *text, bool list)
{
	unsigned int columns = terminal_columns(f);
	const char *prefix = first;

	for (;;) {
		size_t len = strlen(text), width = strlen(prefix);

		if (columns >= width + TEXT_MIN)
			len = fitting(text, columns - width) ?: strcspn(text, " ");
		fprintf(f, "%s%.*s\n", prefix, (int)(len && list && text[len - 1] == ',' ? len - 1 : len), text);
		text += len;
		text += strspn(text, " ");
		if (!*text)
			return;
		prefix = next;
	}
}
