// SPDX-License-Identifier: GPL-2.0-only
#include "json.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

static void write_string(FILE *f, const char *s, size_t len)
{
	putc('"', f);
	for (size_t i = 0, n; i < len;) {
		char escape[TEXT_ESCAPE_MAX];

		n = text_plain(s + i, len - i, '"');
		fwrite(s + i, 1, n, f);
		i += n;
		if (i == len)
			break;
		i += text_escape(s + i, len - i, true, escape, &n);
		fwrite(escape, 1, n, f);
	}
	putc('"', f);
}

static void begin(struct json *j, const char *key)
{
	if (j->comma)
		putc(',', j->f);
	j->comma = true;
	if (key) {
		write_string(j->f, key, strlen(key));
		putc(':', j->f);
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	putc(bracket, j->f);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	putc(bracket, j->f);
	j->comma = true;
}

void json_string_n(struct json *j, const char *key, const char *s, size_t len)
{
	begin(j, key);
	write_string(j->f, s, len);
}

void json_string(struct json *j, const char *key, const char *s)
{
	json_string_n(j, key, s, strlen(s));
}

void json_u64(struct json *j, const char *key, uint64_t n)
{
	begin(j, key);
	fprintf(j->f, "%" PRIu64, n);
}

void json_i64(struct json *j, const char *key, int64_t n)
{
	begin(j, key);
	fprintf(j->f, "%" PRId64, n);
}

void json_bool(struct json *j, const char *key, bool b)
{
	begin(j, key);
	fputs(b ? "true" : "false", j->f);
}

void json_null(struct json *j, const char *key)
{
	begin(j, key);
	fputs("null", j->f);
}
