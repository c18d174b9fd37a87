// SPDX-License-Identifier: GPL-2.0-only
#include "out.h"

#include "text.h"

static const char hex[] = "0123456789abcdef";

static unsigned int digits_of(uint64_t n)
{
	static const uint64_t powers[] = { 0,
					   10ULL,
					   100ULL,
					   1000ULL,
					   10000ULL,
					   100000ULL,
					   1000000ULL,
					   10000000ULL,
					   100000000ULL,
					   1000000000ULL,
					   10000000000ULL,
					   100000000000ULL,
					   1000000000000ULL,
					   10000000000000ULL,
					   100000000000000ULL,
					   1000000000000000ULL,
					   10000000000000000ULL,
					   100000000000000000ULL,
					   1000000000000000000ULL,
					   10000000000000000000ULL };
	/* a bit is 0.30103 digits: 1233 / 4096 */
	unsigned int about = (64 - __builtin_clzll(n | 1)) * 1233 >> 12;

	return about + (n >= powers[about]);
}

/* n into the digits before end. Returns where they begin. */
static char *digits_before(char *end, uint64_t n)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";

	for (; n >= 100; n /= 100)
		memcpy(end -= 2, pairs + n % 100 * 2, 2);
	if (n >= 10)
		memcpy(end -= 2, pairs + n * 2, 2);
	else
		*--end = '0' + n;
	return end;
}

void out_digits(struct out *o, uint64_t n, unsigned int width)
{
	unsigned int len = digits_of(n);
	char *start = o->data + o->len, *at;

	if (len < width)
		len = width;
	if (len > sizeof(o->data) - o->len) {
		o->overflow = true;
		return;
	}
	o->len += len;
	for (at = digits_before(start + len, n); at > start;)
		*--at = '0';
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

/* ASCII that is printed as it is: 1, and inside double quotes: 2. */
static const uint8_t plain[256] = {
	[' ' ... '!'] = 3,
	['"'] = 1,
	['#' ... '['] = 3,
	[']' ... '~'] = 3,
};

/* Length of the character beyond ASCII at s if it may be printed as it is, or 0. */
static size_t printable(const char *s, size_t len)
{
	unsigned char c = s[0];
	size_t n = c < 0x80 ? 0 : text_utf8_length(s, len);

	return n == 2 && c == 0xc2 && (unsigned char)s[1] < 0xa0 ? 0 : n;
}

/* Length of the longest beginning of s that needs no escape. */
static size_t plain_run(const char *s, size_t len, char quote)
{
	uint8_t wanted = quote ? 2 : 1;
	size_t i = 0;

	while (i < len) {
		size_t n = (plain[(unsigned char)s[i]] & wanted) ? 1 : printable(s + i, len - i);

		if (n == 0)
			break;
		i += n;
	}
	return i;
}

static bool json_escape(struct out *o, const char *s, size_t len, size_t *i)
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
	return n > 0;
}

bool out_json_string(struct out *o, const char *s, size_t len)
{
	bool exact = true;

	out_char(o, '"');
	for (size_t i = 0; i < len;) {
		size_t n = plain_run(s + i, len - i, '"');

		out_bytes(o, s + i, n);
		i += n;
		if (i < len)
			exact &= json_escape(o, s, len, &i);
	}
	out_char(o, '"');
	return exact;
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
