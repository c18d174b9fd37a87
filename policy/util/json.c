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

static void new_line(const struct json *j)
{
	if (j->pretty)
		fprintf(j->f, "\n%*s", 2 * (int)j->depth, "");
}

static void begin(struct json *j, const char *key)
{
	if (j->comma)
		putc(',', j->f);
	if (j->depth)
		new_line(j);
	j->comma = true;
	if (key) {
		write_string(j->f, key, strlen(key));
		fputs(j->pretty ? ": " : ":", j->f);
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	begin(j, key);
	putc(bracket, j->f);
	j->comma = false;
	j->depth++;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (j->comma)
		new_line(j);
	putc(bracket, j->f);
	j->comma = true;
}

struct json json_begin(FILE *f, bool pretty)
{
	struct json j = { .f = f, .pretty = pretty };

	json_open(&j, NULL, '{');
	json_u64(&j, "schema", JSON_SCHEMA);
	return j;
}

void json_end(struct json *j)
{
	json_close(j, '}');
	putc('\n', j->f);
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
