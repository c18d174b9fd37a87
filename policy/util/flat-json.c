// SPDX-License-Identifier: GPL-2.0-only
#include "flat-json.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text.h"
#include "util.h"

struct cursor {
	char *at;
	char *end;
};

static bool is_next(const struct cursor *c, char byte)
{
	return c->at < c->end && *c->at == byte;
}

static bool skip(struct cursor *c, char byte)
{
	bool found = is_next(c, byte);

	c->at += found;
	return found;
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end &&
	       (*c->at == ' ' || *c->at == '\t' || *c->at == '\r' || *c->at == '\n'))
		c->at++;
}

/* The four digits of \uNNNN, or -1. */
static int32_t unit_of(const char *at, const char *end)
{
	int32_t unit = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = at[i];

		if (c >= '0' && c <= '9')
			unit = unit * 16 + c - '0';
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			unit = unit * 16 + (c | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return unit;
}

static char *put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		*to++ = c;
		return to;
	}
	if (c < 0x800) {
		*to++ = 0xc0 | c >> 6;
	} else {
		if (c < 0x10000) {
			*to++ = 0xe0 | c >> 12;
		} else {
			*to++ = 0xf0 | c >> 18;
			*to++ = 0x80 | (c >> 12 & 0x3f);
		}
		*to++ = 0x80 | (c >> 6 & 0x3f);
	}
	*to++ = 0x80 | (c & 0x3f);
	return to;
}

/* The character of \uNNNN, or of two of them, which *at is at the first digit of; -1: none. */
static int32_t character(char **at, const char *end)
{
	int32_t high = unit_of(*at, end), low;

	if (high < 0 || (high >= 0xdc00 && high < 0xe000))
		return -1;
	*at += 4;
	if (high < 0xd800 || high >= 0xe000)
		return high;
	if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
		return -1;
	low = unit_of(*at + 2, end);
	if (low < 0xdc00 || low >= 0xe000)
		return -1;
	*at += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* Writes the bytes that stand behind a backslash at *to. */
static bool unescape(char **at, const char *end, char **to)
{
	static const char names[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
	const char *name;
	int32_t c;

	if (*at == end || !**at)
		return false;
	name = strchr(names, **at);
	if (name) {
		++*at;
		*(*to)++ = bytes[name - names];
		return true;
	}
	if (*(*at)++ != 'u')
		return false;
	c = character(at, end);
	if (c >= 0)
		*to = put_utf8(*to, c);
	return c >= 0;
}

/* Bytes that stand for themselves in a string, but for UTF-8. */
static const bool plain[256] = {
	[0x20 ... 0x21] = true,
	[0x23 ... 0x5b] = true,
	[0x5d ... 0x7f] = true,
};

/* Moves the longest run of such bytes, and of UTF-8, to where they belong. */
static void move_run(char **at, const char *end, char **to)
{
	char *p = *at;
	size_t n;

	for (;;) {
		while (p < end && plain[(unsigned char)*p])
			p++;
		n = p < end && (unsigned char)*p >= 0x80 ? text_utf8_length(p, end - p) : 0;
		if (!n)
			break;
		p += n;
	}
	n = p - *at;
	if (*to != *at)
		memmove(*to, *at, n);
	*to += n;
	*at = p;
}

const char *flat_json_string(char **at, char *end, char **ret, size_t *ret_len)
{
	char *p = *at + 1, *to = p, *start = p;

	for (;;) {
		move_run(&p, end, &to);
		if (p == end)
			return "a string has no end";
		if (*p == '"')
			break;
		if (*p != '\\')
			return "a string holds a byte that needs an escape";
		p++;
		if (!unescape(&p, end, &to))
			return "a string holds an invalid escape";
	}
	*ret = start;
	*ret_len = to - start;
	*at = p + 1;
	return NULL;
}

static bool skip_digits(struct cursor *c)
{
	char *start = c->at;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
	return c->at > start;
}

static bool skip_number(struct cursor *c)
{
	skip(c, '-');
	if (!skip(c, '0') && !skip_digits(c))
		return false;
	if (skip(c, '.') && !skip_digits(c))
		return false;
	if (!skip(c, 'e') && !skip(c, 'E'))
		return true;
	if (!skip(c, '+'))
		skip(c, '-');
	return skip_digits(c);
}

static bool skip_word(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len) != 0)
		return false;
	c->at += len;
	return true;
}

struct value {
	char *s; /* NULL: nothing to be handed over */
	size_t len;
	bool number;
};

static const char *parse_scalar(struct cursor *c, struct value *v)
{
	char *start = c->at;

	*v = (struct value){};
	if (is_next(c, '"'))
		return flat_json_string(&c->at, c->end, &v->s, &v->len);
	if (skip_word(c, "null"))
		return NULL;
	if (!skip_word(c, "true") && !skip_word(c, "false")) {
		if (!skip_number(c))
			return is_next(c, '{') ? "an object has another one in it" : "a value is not JSON";
		v->number = true;
	}
	v->s = start;
	v->len = c->at - start;
	return NULL;
}

/* Returns the byte that a number is, or -1. */
static int byte_of(const struct value *v)
{
	int n = 0;

	if (!v->number || v->len > 3)
		return -1;
	for (size_t i = 0; i < v->len; i++) {
		if (v->s[i] < '0' || v->s[i] > '9')
			return -1;
		n = n * 10 + v->s[i] - '0';
	}
	return n < 256 ? n : -1;
}

/* journalctl(1) prints bytes that are no text as an array of numbers. */
static const char *parse_array(struct cursor *c, struct value *v)
{
	char *start = c->at++, *to = start;
	bool bytes = true;

	skip_blanks(c);
	for (bool first = true; !skip(c, ']'); first = false) {
		struct value item;
		const char *fault;
		int byte;

		if (!first && !skip(c, ','))
			return "an array lacks a comma or its end";
		skip_blanks(c);
		fault = parse_scalar(c, &item);
		if (fault)
			return fault;
		byte = byte_of(&item);
		bytes = bytes && byte >= 0;
		/* behind the bracket or digit that stood for it */
		if (bytes)
			*to++ = byte;
		skip_blanks(c);
	}
	*v = (struct value){ bytes && to > start ? start : NULL, to - start, false };
	return NULL;
}

static const char *parse_member(struct cursor *c, flat_json_fn take, void *arg)
{
	struct value v;
	const char *fault;
	char *key;
	size_t len;

	if (!is_next(c, '"'))
		return "a member has no name";
	fault = flat_json_string(&c->at, c->end, &key, &len);
	if (fault)
		return fault;
	skip_blanks(c);
	if (!skip(c, ':'))
		return "a member has no value";
	skip_blanks(c);
	fault = is_next(c, '[') ? parse_array(c, &v) : parse_scalar(c, &v);
	if (!fault && v.s)
		take(arg, key, len, v.s, v.len);
	return fault;
}

const char *flat_json_parse(char *text, size_t len, flat_json_fn take, void *arg)
{
	struct cursor c = { text, text + len };
	const char *fault;

	skip_blanks(&c);
	if (!skip(&c, '{'))
		return "it is not a JSON object";
	skip_blanks(&c);
	for (bool first = true; !skip(&c, '}'); first = false) {
		if (!first && !skip(&c, ','))
			return "the object lacks a comma or its end";
		skip_blanks(&c);
		fault = parse_member(&c, take, arg);
		if (fault)
			return fault;
		skip_blanks(&c);
	}
	skip_blanks(&c);
	return c.at == c.end ? NULL : "something follows the object";
}
