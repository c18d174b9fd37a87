// SPDX-License-Identifier: GPL-2.0-only
#include "diagnostic.h"

#include <string.h>

#include "message.h"
#include "text.h"

#define CHOICES_MAX 8 /* that a message lists */

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
		/* the first column of a value that has no line says nothing */
		if (at->column > (at->line ? 0 : 1))
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

static bool is_listed(const char *const *words, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(words[k], words[i]) == 0)
			return true;
	return false;
}

/* ": use debugfs, kexec or msr"; of more than CHOICES_MAX the first ones. NULL: none, or out of memory. */
static char *choices(const char *const *words, size_t n)
{
	CLEANUP(close_filep) FILE *f = NULL;
	char *text = NULL;
	size_t size = 0, different = 0, done = 0;

	for (size_t i = 0; i < n; i++)
		different += !is_listed(words, i);
	f = different ? open_memstream(&text, &size) : NULL;
	if (!f)
		return NULL;
	for (size_t i = 0; i < n && done < CHOICES_MAX; i++) {
		if (is_listed(words, i))
			continue;
		fprintf(f, "%s%s", done == 0 ? ": use " : done + 1 == different ? " or " : ", ",
			words[i]);
		done++;
	}
	if (done < different)
		fputs(", ...", f);
	if (fclose(TAKE_PTR(f)) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

void diagnostic_unknown(struct diagnostics *d, const struct place *at, const char *what,
			const char *word, size_t len, const char *const *words, size_t n)
{
	CLEANUP(free_charp) char *valid = NULL;
	const char *nearest = text_nearest(word, len, words, n);

	if (nearest) {
		diagnostic_error(d, at, "unknown %s \"%.*s\": did you mean \"%s\"?", what, (int)len,
				 word, nearest);
		return;
	}
	valid = choices(words, n);
	diagnostic_error(d, at, "unknown %s \"%.*s\"%s", what, (int)len, word, valid ?: "");
}

const char *diagnostics_first_error(const struct diagnostics *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].error)
			return d->items[i].text;
	return NULL;
}

/* Prints all; the last error has this end. */
static void print(const struct diagnostics *d, FILE *f, const char *program, const char *end)
{
	size_t last = d->n;

	while (last > 0 && !d->items[last - 1].error)
		last--;
	for (size_t i = 0; i < d->n; i++)
		fprintf(f, "%s: %s%s%s\n", program, d->items[i].error ? "" : "warning: ",
			d->items[i].text, i + 1 == last ? end : "");
	if (d->errors && !d->n)
		fprintf(f, "%s: out of memory while reporting errors\n", program);
}

void diagnostics_print(const struct diagnostics *d, FILE *f, const char *program)
{
	print(d, f, program, "");
}

void diagnostics_print_unchanged(const struct diagnostics *d, FILE *f, const char *program)
{
	print(d, f, program, MESSAGE_UNCHANGED);
}
