// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <stdarg.h>
#include <string.h>

#include "terminal.h"
#include "text.h"

#define GAP	   2  /* blanks between columns */
#define COLUMN_MIN 12 /* to which a column may shrink */
#define CUT	   "..."

struct table {
	const struct table_column *columns;
	size_t n;     /* columns */
	char **cells; /* owned; NULL where there was no memory */
	size_t n_cells;
};

struct table *table_new(const struct table_column *columns, size_t n)
{
	struct table *t = calloc(1, sizeof(*t));

	if (t)
		*t = (struct table){ .columns = columns, .n = n };
	return t;
}

struct table *table_free(struct table *t)
{
	for (size_t i = 0; t && i < t->n_cells; i++)
		free(t->cells[i]);
	if (t)
		free(t->cells);
	free(t);
	return NULL;
}

void table_freep(struct table **t)
{
	*t = table_free(*t);
}

void table_add(struct table *t, const char *text)
{
	char *cell = NULL;
	size_t len;
	FILE *f;

	if (!t || !array_grow(&t->cells, t->n_cells, sizeof(*t->cells)))
		return;
	f = open_memstream(&cell, &len);
	if (f) {
		text_puts(f, text);
		fclose(f);
	}
	t->cells[t->n_cells++] = cell;
}

void table_addf(struct table *t, const char *fmt, ...)
{
	CLEANUP(free_charp) char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	table_add(t, text ?: "?");
}

/* Returns the columns that text[len] takes: a byte that goes on with a character takes none. */
static unsigned int width_of(const char *text, size_t len)
{
	unsigned int width = 0;

	for (size_t i = 0; i < len; i++)
		width += (text[i] & 0xc0) != 0x80;
	return width;
}

static const char *cell_at(const struct table *t, size_t row, size_t column)
{
	return t->cells[row * t->n + column] ?: "?";
}

static bool gives_way(const struct table_column *c, unsigned int width)
{
	return (c->kind == TABLE_PATH || c->kind == TABLE_WORDS) && width > COLUMN_MIN &&
	       width > strlen(c->head);
}

/* Shrinks the widest columns until all fit into so many, or none can give way. */
static void shrink(const struct table *t, unsigned int *widths, unsigned int columns)
{
	unsigned int all = GAP * (t->n - 1);

	for (size_t i = 0; i < t->n; i++)
		all += widths[i];
	for (; all > columns; all--) {
		size_t widest = t->n;

		for (size_t i = 0; i < t->n; i++)
			if (gives_way(&t->columns[i], widths[i]) &&
			    (widest == t->n || widths[i] > widths[widest]))
				widest = i;
		if (widest == t->n)
			return;
		widths[widest]--;
	}
}

static void measure(const struct table *t, unsigned int *widths, unsigned int columns)
{
	size_t column = 0;

	for (size_t i = 0; i < t->n; i++)
		widths[i] = strlen(t->columns[i].head);
	for (size_t i = 0; i < t->n_cells; i++) {
		const char *cell = t->cells[i] ?: "?";
		unsigned int width = width_of(cell, strlen(cell));

		if (width > widths[column])
			widths[column] = width;
		column = column + 1 == t->n ? 0 : column + 1;
	}
	if (columns)
		shrink(t, widths, columns);
}

/* Returns the bytes of text that fit, up to a blank if there is one. */
static size_t words_that_fit(const char *text, unsigned int width)
{
	size_t len = 0, end = 0;

	for (; text[len]; len++) {
		if ((text[len] & 0xc0) != 0x80 && width-- == 0)
			break;
		if (text[len] == ' ')
			end = len;
	}
	return !text[len] || text[len] == ' ' || !end ? len : end;
}

/* Returns where the end of a path begins that fits behind CUT; at a slash, if there is one. */
static const char *end_that_fits(const char *path, unsigned int width)
{
	unsigned int all = width_of(path, strlen(path));
	const char *slash;

	while (*path && all + strlen(CUT) > width) {
		path++;
		all -= (*path & 0xc0) != 0x80;
	}
	slash = strchr(path, '/');
	return slash && slash[1] ? slash : path;
}

static void print_blanks(FILE *f, unsigned int n)
{
	fprintf(f, "%*s", (int)n, "");
}

/* Prints what fits into a line of a cell. Returns the rest. */
static const char *print_part(FILE *f, const struct table_column *c, const char *text,
			      unsigned int width, unsigned int *ret_used)
{
	size_t len = strlen(text);
	const char *end = text + len;

	*ret_used = width_of(text, len);
	if (*ret_used <= width) {
		if (c->kind == TABLE_NUMBER)
			print_blanks(f, width - *ret_used);
		fputs(text, f);
		*ret_used = c->kind == TABLE_NUMBER ? width : *ret_used;
		return end;
	}
	if (c->kind == TABLE_WORDS) {
		len = words_that_fit(text, width);
		fwrite(text, 1, len, f);
		*ret_used = width_of(text, len);
		return text + len + strspn(text + len, " ");
	}
	text = end_that_fits(text, width);
	fprintf(f, CUT "%s", text);
	*ret_used = strlen(CUT) + width_of(text, strlen(text));
	return end;
}

static bool any_left(const struct table *t, const char **rest)
{
	for (size_t i = 0; i < t->n; i++)
		if (*rest[i])
			return true;
	return false;
}

static void print_row(const struct table *t, FILE *f, const char **rest, const unsigned int *widths)
{
	do {
		unsigned int owed = 0; /* blanks, which nothing but another cell needs */

		for (size_t i = 0; i < t->n; i++) {
			unsigned int used = 0;

			if (*rest[i]) {
				print_blanks(f, owed);
				owed = 0;
				rest[i] = print_part(f, &t->columns[i], rest[i], widths[i], &used);
			}
			owed += widths[i] - used + GAP;
		}
		putc('\n', f);
	} while (any_left(t, rest));
}

void table_print(const struct table *t, FILE *f)
{
	unsigned int widths[TABLE_COLUMNS_MAX];
	const char *rest[TABLE_COLUMNS_MAX];
	bool bold = terminal_colored(f);

	if (!t)
		return;
	measure(t, widths, terminal_columns(f));
	for (size_t i = 0; i < t->n; i++)
		rest[i] = t->columns[i].head;
	if (bold)
		fputs(terminal_begin(TERMINAL_BOLD), f);
	print_row(t, f, rest, widths);
	if (bold)
		fputs(terminal_end(TERMINAL_BOLD), f);
	for (size_t row = 0; (row + 1) * t->n <= t->n_cells; row++) {
		for (size_t i = 0; i < t->n; i++)
			rest[i] = cell_at(t, row, i);
		print_row(t, f, rest, widths);
	}
}
