// SPDX-License-Identifier: GPL-2.0-only
#include "expect.h"

#include "test.h"
static bool fits(const struct diagnostic *found, const struct expected *e)
{
	const char *message = found->text;
	size_t len = e->place ? strlen(e->place) : 0;

	if (found->error == e->warning)
		return false;
	if (e->place) {
		if (strncmp(message, e->place, len) != 0 || strncmp(message + len, ": ", 2) != 0)
			return false;
		message += len + 2;
	}
	return strstr(message, e->fragment) != NULL;
}

static size_t count(const struct expected *list)
{
	size_t n = 0;

	while (list[n].fragment)
		n++;
	return n;
}

void expect_diagnostics(const char *label, const struct diagnostics *d, const struct expected *list)
{
	size_t n = count(list), errors = 0;
	bool same = d->n == n;

	for (size_t i = 0; i < n; i++)
		errors += !list[i].warning;
	for (size_t i = 0; same && i < n; i++)
		same = fits(&d->items[i], &list[i]);
	if (same && d->errors == errors)
		return;
	print_error("input: %s\n", label);
	for (size_t i = 0; i < n; i++)
		print_error("  expected: %s%s: %s\n", list[i].warning ? "warning: " : "",
			    list[i].place ? list[i].place : "(no place)", list[i].fragment);
	for (size_t i = 0; i < d->n; i++)
		print_error("  got: %s%s\n", d->items[i].error ? "" : "warning: ", d->items[i].text);
	fail_msg("%zu errors expected, %zu counted", errors, d->errors);
}
