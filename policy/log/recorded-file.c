// SPDX-License-Identifier: GPL-2.0-only
#include "recorded-file.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "flat-json.h"
#include "util.h"

#define TOO_LONG "it is longer than a mebibyte"

int recorded_file_init(struct recorded_file *f, int fd)
{
	*f = (struct recorded_file){ .fd = fd, .line = 1, .buffer = malloc(RECORDED_LINE_MAX + 1) };
	return f->buffer ? 0 : -ENOMEM;
}

void recorded_file_done(struct recorded_file *f)
{
	free(f->buffer);
	f->buffer = NULL;
}

/* Reads more behind what is there. 1, 0 at the end or with a full buffer, or a negative errno. */
static int fill(struct recorded_file *f)
{
	ssize_t n;

	if (f->at) {
		memmove(f->buffer, f->buffer + f->at, f->end - f->at);
		f->end -= f->at;
		f->at = 0;
	}
	if (f->eof || f->end == RECORDED_LINE_MAX)
		return 0;
	do {
		n = read(f->fd, f->buffer + f->end, RECORDED_LINE_MAX - f->end);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	f->eof = n == 0;
	f->end += n;
	return n > 0;
}

/* Goes on behind n bytes, and counts the lines in them. */
static void pass(struct recorded_file *f, size_t n)
{
	const char *end = f->buffer + f->at + n, *p = f->buffer + f->at;

	while ((p = memchr(p, '\n', end - p))) {
		f->line++;
		p++;
	}
	f->at += n;
}

enum line {
	LINE_END, /* of the file */
	LINE_WHOLE,
	LINE_LONG, /* its beginning; skip_line() goes to the next */
};

/* The line at f->at, without its end: *ret, *ret_len. A negative errno if it cannot be read. */
static int line_at(struct recorded_file *f, char **ret, size_t *ret_len)
{
	size_t looked = 0;

	for (;;) {
		char *start = f->buffer + f->at;
		size_t there = f->end - f->at;
		char *end = memchr(start + looked, '\n', there - looked);
		int r;

		*ret = start;
		*ret_len = end ? (size_t)(end - start) : there;
		if (end)
			return LINE_WHOLE;
		looked = there;
		r = fill(f);
		if (r < 0)
			return r;
		if (r > 0)
			continue;
		*ret = f->buffer + f->at;
		return !f->eof ? LINE_LONG : there ? LINE_WHOLE : LINE_END;
	}
}

/* Goes on behind n bytes, there yet or not. Those that the file does not have are no error. */
static int skip_bytes(struct recorded_file *f, uint64_t n)
{
	while (n > f->end - f->at) {
		int r;

		n -= f->end - f->at;
		pass(f, f->end - f->at);
		r = fill(f);
		if (r <= 0)
			return r;
	}
	pass(f, n);
	return 0;
}

/* Goes on behind the next line feed. */
static int skip_line(struct recorded_file *f)
{
	for (;;) {
		char *start = f->buffer + f->at;
		char *end = memchr(start, '\n', f->end - f->at);
		int r;

		if (end) {
			pass(f, end + 1 - start);
			return 0;
		}
		pass(f, f->end - f->at);
		r = fill(f);
		if (r <= 0)
			return r;
	}
}

static void take(void *r, const char *key, size_t key_len, const char *value, size_t len)
{
	recorded_take(r, key, key_len, value, len);
}

static bool is_bare(char c)
{
	return (unsigned char)c > ' ' && c != '"' && c != 0x7f;
}

/* One KEY=VALUE of logfmt at *at. */
static const char *parse_pair(struct recorded *r, char **at, char *end)
{
	char *key = *at, *equals = key, *value;
	const char *fault = NULL;
	size_t len;

	while (equals < end && is_bare(*equals) && *equals != '=')
		equals++;
	if (equals == key || equals == end || *equals != '=')
		return "it is not made of KEY=VALUE";
	value = *at = equals + 1;
	if (value < end && *value == '"') {
		fault = flat_json_string(at, end, &value, &len);
	} else {
		while (*at < end && is_bare(**at))
			++*at;
		len = *at - value;
	}
	if (!fault && *at < end && **at != ' ')
		fault = "a value has an invalid byte, or something behind its quotes";
	if (!fault)
		recorded_take(r, key, equals - key, value, len);
	return fault;
}

static const char *parse_logfmt(struct recorded *r, char *line, size_t len)
{
	char *at = line, *end = line + len;

	for (;;) {
		const char *fault;

		while (at < end && *at == ' ')
			at++;
		if (at == end)
			return NULL;
		fault = parse_pair(r, &at, end);
		if (fault)
			return fault;
	}
}

static int end_entry(struct recorded_file *f, struct recorded *r, const char *fault)
{
	enum recorded_outcome outcome;

	f->fault = fault;
	if (fault)
		return RECORDED_FILE_FAULT;
	outcome = recorded_end(r);
	f->fault = r->fault;
	return outcome == RECORDED_OURS	   ? RECORDED_FILE_RECORD
	       : outcome == RECORDED_FAULT ? RECORDED_FILE_FAULT
					   : RECORDED_FILE_FOREIGN;
}

static int next_line(struct recorded_file *f, struct recorded *r, char *line, size_t len)
{
	const char *fault = f->format == RECORDED_FORMAT_JSON ?
				    flat_json_parse(line, len, take, r) :
				    parse_logfmt(r, line, len);

	/* what was parsed in its place has other line feeds now, if any */
	f->at += len;
	if (f->at < f->end) {
		f->at++;
		f->line++;
	}
	return end_entry(f, r, fault);
}

/* Names of the journal's fields: capitals, digits and _. */
static size_t field_name(const char *line, size_t len)
{
	size_t n = 0;

	while (n < len && ((line[n] >= 'A' && line[n] <= 'Z') || line[n] == '_' ||
			   (line[n] >= '0' && line[n] <= '9')))
		n++;
	return n;
}

/* Whole core dumps stand in the journal, and are no concern of ours. */
static const char *too_long(const char *name, size_t len)
{
	const size_t prefix = strlen(RECORDED_JOURNAL_PREFIX);

	return len > prefix && memcmp(name, RECORDED_JOURNAL_PREFIX, prefix) == 0 ? TOO_LONG : NULL;
}

/* A field of bytes has its name on the line, then come their number, they, and a line feed. */
static int binary_field(struct recorded_file *f, struct recorded *r, size_t name_len,
			const char **ret_fault)
{
	const size_t head = name_len + 1 + sizeof(uint64_t);
	uint64_t len;
	int n = 1;

	while (n > 0 && f->end - f->at < head)
		n = fill(f);
	if (n <= 0)
		goto ended;
	memcpy(&len, f->buffer + f->at + name_len + 1, sizeof(len));
	len = le64toh(len);
	if (len > RECORDED_LINE_MAX - head - 1) {
		*ret_fault = too_long(f->buffer + f->at, name_len);
		n = skip_bytes(f, head);
		return n < 0 || len == UINT64_MAX ? n : skip_bytes(f, len + 1);
	}
	while (n > 0 && f->end - f->at < head + len + 1)
		n = fill(f);
	if (n <= 0 || f->buffer[f->at + head + len] != '\n')
		goto ended;
	recorded_take(r, f->buffer + f->at, name_len, f->buffer + f->at + head, len);
	pass(f, head + len + 1);
	return 0;
ended:
	*ret_fault = "a field of bytes has no end";
	return n < 0 ? n : skip_line(f);
}

/* One field; an empty line is the end of the entry: 1. */
static int export_field(struct recorded_file *f, struct recorded *r, const char **ret_fault)
{
	char *line;
	size_t len, name;
	int n = line_at(f, &line, &len);

	if (n < 0 || n == LINE_END)
		return n < 0 ? n : 1;
	if (n == LINE_LONG) {
		*ret_fault = too_long(line, len);
		return skip_line(f);
	}
	if (len == 0) {
		pass(f, 1);
		return 1;
	}
	name = field_name(line, len);
	if (name && name == len)
		return binary_field(f, r, name, ret_fault);
	if (name && line[name] == '=')
		recorded_take(r, line, name, line + name + 1, len - name - 1);
	else
		*ret_fault = "a line is not a field of the journal";
	return skip_line(f);
}

/* An entry with a fault is read to its end, so that the next one is found. */
static int next_export(struct recorded_file *f, struct recorded *r)
{
	const char *fault = NULL, *first = NULL;
	int n;

	do {
		n = export_field(f, r, &fault);
		first = first ? first : fault;
	} while (n == 0);
	return n < 0 ? n : end_entry(f, r, first);
}

static enum recorded_format format_of(const char *line, size_t len)
{
	size_t name = field_name(line, len);

	if (line[0] == '{')
		return RECORDED_FORMAT_JSON;
	return name && (name == len || line[name] == '=') ? RECORDED_FORMAT_EXPORT
							  : RECORDED_FORMAT_LOGFMT;
}

int recorded_file_next(struct recorded_file *f, struct recorded *r)
{
	char *line;
	size_t len;
	int n;

	while ((n = line_at(f, &line, &len)) == LINE_WHOLE && len == 0)
		pass(f, 1);
	if (n < 0)
		return n;
	if (n == LINE_END)
		return RECORDED_FILE_END;
	f->entry_line = f->line;
	if (f->format == RECORDED_FORMAT_UNKNOWN)
		f->format = format_of(line, len);
	recorded_begin(r);
	if (f->format == RECORDED_FORMAT_EXPORT)
		return next_export(f, r);
	if (n == LINE_WHOLE)
		return next_line(f, r, line, len);
	n = skip_line(f);
	return n < 0 ? n : end_entry(f, r, TOO_LONG);
}
