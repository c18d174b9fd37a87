// SPDX-License-Identifier: GPL-2.0-only
#include "out.h"

#include "../policy/text.h"

static const char hex[] = "0123456789abcdef";

void out_bytes(struct out *o, const char *s, size_t len)
{
	if (len > sizeof(o->data) - o->len) {
		o->overflow = true;
		return;
	}
	memcpy(o->data + o->len, s, len);
	o->len += len;
}

void out_digits(struct out *o, uint64_t n, unsigned int width)
{
	char digits[20];
	size_t i = sizeof(digits);

	for (; n || width; n /= 10) {
		if (i == 0)
			break;
		digits[--i] = '0' + n % 10;
		width -= width > 0;
	}
	out_bytes(o, digits + i, sizeof(digits) - i);
}

void out_u64(struct out *o, uint64_t n)
{
	out_digits(o, n, 1);
}

void out_i64(struct out *o, int64_t n)
{
	if (n < 0)
		out_char(o, '-');
	out_u64(o, n < 0 ? -(uint64_t)n : (uint64_t)n);
}

void out_hex(struct out *o, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		out_char(o, hex[(unsigned char)s[i] >> 4]);
		out_char(o, hex[s[i] & 15]);
	}
}

/* Length of the character at s if it may be printed as it is, or 0. */
static size_t printable(const char *s, size_t len)
{
	unsigned char c = s[0];
	size_t n;

	if (c >= 0x20 && c < 0x7f)
		return 1;
	n = c < 0x80 ? 0 : text_utf8_length(s, len);
	return n == 2 && c == 0xc2 && (unsigned char)s[1] < 0xa0 ? 0 : n;
}

/* Length of the longest beginning of s that needs no escape. */
static size_t plain_run(const char *s, size_t len, char quote)
{
	size_t i = 0;

	while (i < len) {
		size_t n = printable(s + i, len - i);

		if (n == 0 || s[i] == '\\' || (quote && s[i] == quote))
			break;
		i += n;
	}
	return i;
}

static void json_escape(struct out *o, const char *s, size_t len, size_t *i)
{
	size_t n = text_utf8_length(s + *i, len - *i);
	unsigned char c = s[*i + (n == 2)]; /* the last byte of a C1 character is its code */

	if (n == 1 && (c == '"' || c == '\\')) {
		out_char(o, '\\');
		out_char(o, c);
	} else if (n) {
		char code[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

		out_bytes(o, code, sizeof(code));
	} else {
		out_text(o, "\\ufffd");
	}
	*i += n ? n : 1;
}

void out_json_string(struct out *o, const char *s, size_t len)
{
	out_char(o, '"');
	for (size_t i = 0; i < len;) {
		size_t n = plain_run(s + i, len - i, '"');

		out_bytes(o, s + i, n);
		i += n;
		if (i < len)
			json_escape(o, s, len, &i);
	}
	out_char(o, '"');
}

void out_escaped(struct out *o, const char *s, size_t len, char quote)
{
	for (size_t i = 0; i < len;) {
		size_t n = plain_run(s + i, len - i, quote);
		unsigned char c;

		out_bytes(o, s + i, n);
		i += n;
		if (i == len)
			break;
		c = s[i++];
		out_char(o, '\\');
		if (c == '\\' || (quote && c == (unsigned char)quote)) {
			out_char(o, c);
		} else {
			out_char(o, 'x');
			out_hex(o, (const char *)&c, 1);
		}
	}
}

void out_pad(struct out *o, size_t start, size_t width)
{
	size_t columns = 0;

	for (size_t i = start; i < o->len; i++)
		columns += (o->data[i] & 0xc0) != 0x80;
	for (; columns < width; columns++)
		out_char(o, ' ');
	out_char(o, ' ');
}
