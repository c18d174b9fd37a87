// SPDX-License-Identifier: GPL-2.0-only
#include "quantity.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define NS 1000000000ULL

struct unit {
	const char *name;
	uint64_t factor;
};

/* The first ones are how durations are printed. */
#define DURATIONS_PRINTED 6
static const struct unit durations[] = {
	{ "w", 604800 * NS },	{ "d", 86400 * NS },  { "h", 3600 * NS },   { "m", 60 * NS },
	{ "s", NS },		{ "ms", NS / 1000 },  { "week", 604800 * NS },
	{ "weeks", 604800 * NS }, { "day", 86400 * NS }, { "days", 86400 * NS },
	{ "hr", 3600 * NS },	{ "hour", 3600 * NS }, { "hours", 3600 * NS },
	{ "min", 60 * NS },	{ "minute", 60 * NS }, { "minutes", 60 * NS },
	{ "sec", NS },		{ "second", NS },      { "seconds", NS },
	{ "msec", NS / 1000 },
};
#define DURATION_MAX (100ULL * 366 * 86400 * NS)

static const struct unit sizes[] = {
	{ "G", 1ULL << 30 },
	{ "M", 1ULL << 20 },
	{ "K", 1ULL << 10 },
};

bool quantity_number(const char *text, uint64_t max, uint64_t *ret)
{
	unsigned long long n;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || *end || n > max)
		return false;
	*ret = n;
	return true;
}

static uint64_t factor_of(const struct unit *units, size_t n_units, const char *name, size_t len,
			  uint64_t without)
{
	if (len == 0)
		return without;
	for (size_t i = 0; i < n_units; i++)
		if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0)
			return units[i].factor;
	return 0;
}

/* Reads digits at *text and moves it behind them. */
static bool take_number(const char **text, uint64_t *ret)
{
	size_t digits = strspn(*text, "0123456789");
	char number[24];

	if (!digits || digits >= sizeof(number))
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)digits, *text);
	*text += digits;
	return quantity_number(number, UINT64_MAX, ret);
}

bool quantity_duration(const char *text, uint64_t *ret_ns)
{
	uint64_t total = 0;
	bool any = false;

	text += strspn(text, " ");
	while (*text) {
		uint64_t n, factor;
		size_t letters;

		if (!take_number(&text, &n))
			return false;
		text += strspn(text, " ");
		letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
		factor = factor_of(durations, ARRAY_SIZE(durations), text, letters, NS);
		if (!factor || n > DURATION_MAX / factor || total + n * factor > DURATION_MAX)
			return false;
		total += n * factor;
		any = true;
		text += letters;
		text += strspn(text, " ");
	}
	if (any)
		*ret_ns = total;
	return any;
}

bool quantity_size(const char *text, uint64_t *ret_bytes)
{
	uint64_t n, factor;

	if (!take_number(&text, &n))
		return false;
	factor = factor_of(sizes, ARRAY_SIZE(sizes), text, strlen(text), 1);
	if (!factor || n > UINT64_MAX / factor)
		return false;
	*ret_bytes = n * factor;
	return true;
}

void quantity_print_duration(uint64_t ns, char ret_text[QUANTITY_LEN])
{
	size_t len = 0;

	snprintf(ret_text, QUANTITY_LEN, "0");
	for (size_t i = 0; i < DURATIONS_PRINTED; i++) {
		if (ns / durations[i].factor == 0)
			continue;
		len += snprintf(ret_text + len, QUANTITY_LEN - len, "%s%" PRIu64 "%s",
				len ? " " : "", ns / durations[i].factor, durations[i].name);
		ns %= durations[i].factor;
	}
}

void quantity_print_size(uint64_t bytes, char ret_text[QUANTITY_LEN])
{
	/* one unit, since that is all that is read: the largest that divides */
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (bytes && bytes % sizes[i].factor == 0) {
			snprintf(ret_text, QUANTITY_LEN, "%" PRIu64 "%s", bytes / sizes[i].factor,
				 sizes[i].name);
			return;
		}
	}
	snprintf(ret_text, QUANTITY_LEN, "%" PRIu64, bytes);
}

void quantity_print_age(uint64_t ns, char ret_text[QUANTITY_LEN])
{
	static const struct {
		uint64_t seconds, below; /* of a unit; the unit is for ages below so many seconds */
		char unit;
	} rows[] = {
		{ 1, 60, 's' }, { 60, 3600, 'm' }, { 3600, 48 * 3600, 'h' }, { 86400, UINT64_MAX, 'd' },
	};
	uint64_t seconds = ns / NS;
	size_t i = 0;

	while (seconds >= rows[i].below)
		i++;
	snprintf(ret_text, QUANTITY_LEN, "%" PRIu64 "%c", seconds / rows[i].seconds, rows[i].unit);
}
