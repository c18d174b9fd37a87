// SPDX-License-Identifier: GPL-2.0-only
#include "diagnostic.h"

#include <string.h>

#include "text.h"

void diagnostics_done(struct diagnostics *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->items[i].text);
	free(d->items);
	*d = (struct diagnostics)DIAGNOSTICS_INIT;
}

static char *render(const struct place *at, const char *message)
{
	CLEANUP(close_filep) FILE *f = NULL;
	char *text = NULL;
	size_t size = 0;

	f = open_memstream(&text, &size);
	if (!f)
		return NULL;
	if (at) {
		text_puts(f, at->source);
		if (at->line)
			fprintf(f, ":%u", at->line);
		if (at->column)
			fprintf(f, ":%u", at->column);
		fputs(": ", f);
	}
	text_puts(f, message);
	if (fclose(TAKE_PTR(f)) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

PRINTF(4, 0)
static void add(struct diagnostics *d, bool error, const struct place *at, const char *fmt,
		va_list ap)
{
	CLEANUP(free_charp) char *message = NULL;
	struct diagnostic *items;
	char *text;

	d->errors += error;
	if (vasprintf(&message, fmt, ap) < 0) {
		message = NULL;
		return;
	}
	text = render(at, message);
	items = text ? realloc(d->items, (d->n + 1) * sizeof(*items)) : NULL;
	if (!items) {
		free(text);
		return;
	}
	d->items = items;
	d->items[d->n++] = (struct diagnostic){ .error = error, .text = text };
}

void diagnostic_error(struct diagnostics *d, const struct place *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, true, at, fmt, ap);
	va_end(ap);
}

void diagnostic_warning(struct diagnostics *d, const struct place *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, false, at, fmt, ap);
	va_end(ap);
}

void diagnostic_unknown(struct diagnostics *d, const struct place *at, const char *what,
			const char *word, size_t len, const char *const *words, size_t n)
{
	const char *nearest = text_nearest(word, len, words, n);

	if (nearest) {
		diagnostic_error(d, at, "unknown %s \"%.*s\": did you mean \"%s\"?", what, (int)len,
				 word, nearest);
		return;
	}
	diagnostic_error(d, at, "unknown %s \"%.*s\"", what, (int)len, word);
}

const char *diagnostics_first_error(const struct diagnostics *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].error)
			return d->items[i].text;
	return NULL;
}

void diagnostics_print(const struct diagnostics *d, FILE *f, const char *program)
{
	for (size_t i = 0; i < d->n; i++)
		fprintf(f, "%s: %s%s\n", program,
			d->items[i].error ? "" : "warning: ", d->items[i].text);
	if (d->errors && !d->n)
		fprintf(f, "%s: out of memory while reporting errors\n", program);
}
