// SPDX-License-Identifier: GPL-2.0-only
#include "since.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "quantity.h"
#include "util.h"

#define NS 1000000000LL

/* A civil time on its way to a point in time. */
struct moment {
	struct tm tm;
	int64_t ns; /* below the second */
	bool utc;
	long east; /* of UTC, seconds, where the text says so */
};

/* So many digits at *text, moved behind them. */
static bool take_digits(const char **text, int n, int *ret)
{
	*ret = 0;
	for (; n > 0; n--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		*ret = *ret * 10 + (**text - '0');
	}
	return true;
}

static bool take_char(const char **text, const char *any)
{
	if (!**text || !strchr(any, **text))
		return false;
	(*text)++;
	return true;
}

static bool take_date(const char **text, struct moment *m)
{
	int year, month;

	if (!take_digits(text, 4, &year) || !take_char(text, "-") ||
	    !take_digits(text, 2, &month) || !take_char(text, "-") ||
	    !take_digits(text, 2, &m->tm.tm_mday))
		return false;
	m->tm.tm_year = year - 1900;
	m->tm.tm_mon = month - 1;
	return month >= 1 && month <= 12;
}

static void take_fraction(const char **text, struct moment *m)
{
	for (int64_t digit = NS / 10; isdigit((unsigned char)**text); digit /= 10, (*text)++)
		m->ns += (**text - '0') * digit;
}

static bool take_time(const char **text, struct moment *m)
{
	if (!take_digits(text, 2, &m->tm.tm_hour) || !take_char(text, ":") ||
	    !take_digits(text, 2, &m->tm.tm_min))
		return false;
	if (take_char(text, ":")) {
		if (!take_digits(text, 2, &m->tm.tm_sec))
			return false;
		if (take_char(text, "."))
			take_fraction(text, m);
	}
	return m->tm.tm_hour < 24 && m->tm.tm_min < 60 && m->tm.tm_sec < 60;
}

/* The zone is empty, Z, UTC or +HH:MM. */
static bool take_zone(const char **text, struct moment *m)
{
	int hours, minutes;
	bool west;

	*text += strspn(*text, " ");
	if (strcmp(*text, "Z") == 0 || strcmp(*text, "UTC") == 0) {
		m->utc = true;
		*text += strlen(*text);
		return true;
	}
	west = **text == '-';
	if (!take_char(text, "+-"))
		return true;
	if (!take_digits(text, 2, &hours) || !take_char(text, ":") ||
	    !take_digits(text, 2, &minutes))
		return false;
	m->utc = true;
	m->east = (west ? -1L : 1L) * (hours * 3600 + minutes * 60);
	return true;
}

static time_t since_1970(struct tm *tm, bool utc)
{
	tm->tm_isdst = -1;
	return utc ? timegm(tm) : mktime(tm);
}

static bool finish(const struct moment *m, int64_t *ret_ns)
{
	struct tm tm = m->tm;
	time_t t = since_1970(&tm, m->utc);

	/* no 30th of February */
	if (tm.tm_mday != m->tm.tm_mday || t < 0 || t > INT64_MAX / NS - 2 * 86400)
		return false;
	*ret_ns = (t - m->east) * NS + m->ns;
	return true;
}

/* The day that it is now by m's clock, or one before that. */
static void set_day(struct moment *m, int64_t now, int days_ago)
{
	time_t t = now / NS + m->east;
	struct tm day;

	if (m->utc)
		gmtime_r(&t, &day);
	else
		localtime_r(&t, &day);
	/* noon is on that day whatever the clocks do in between */
	day.tm_mday -= days_ago;
	day.tm_hour = 12;
	since_1970(&day, m->utc);
	m->tm.tm_year = day.tm_year;
	m->tm.tm_mon = day.tm_mon;
	m->tm.tm_mday = day.tm_mday;
}

static bool parse_civil(const char *text, int64_t now, bool utc, int64_t *ret_ns)
{
	struct moment m = { .utc = utc };

	if (strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0) {
		set_day(&m, now, text[0] == 'y');
		return finish(&m, ret_ns);
	}
	if (text[0] && text[1] && text[2] == ':') {
		if (!take_time(&text, &m) || !take_zone(&text, &m) || *text)
			return false;
		set_day(&m, now, 0);
		return finish(&m, ret_ns);
	}
	if (!take_date(&text, &m))
		return false;
	if (take_char(&text, "T ") && !take_time(&text, &m))
		return false;
	return take_zone(&text, &m) && !*text && finish(&m, ret_ns);
}

/* "-1h", "1h ago": how long ago. */
static bool parse_age(const char *text, uint64_t *ret_ns)
{
	static const char ago[] = " ago";
	size_t len = strlen(text), n = sizeof(ago) - 1;
	char duration[64];

	if (text[0] == '-')
		return quantity_duration(text + 1, ret_ns);
	if (len <= n || strcmp(text + len - n, ago) != 0 || len >= sizeof(duration))
		return false;
	snprintf(duration, sizeof(duration), "%.*s", (int)(len - n), text);
	return quantity_duration(duration, ret_ns);
}

bool since_parse(const char *text, int64_t now, bool utc, int64_t *ret_ns)
{
	uint64_t n = 0;

	if (strcmp(text, "now") == 0 || parse_age(text, &n)) {
		*ret_ns = now - (int64_t)n;
		return true;
	}
	if (text[0] == '@' && quantity_number(text + 1, INT64_MAX / NS, &n)) {
		*ret_ns = (int64_t)n * NS;
		return true;
	}
	return parse_civil(text, now, utc, ret_ns);
}
