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

/* Writes n into the digits before end. Returns where they begin. */
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

static bool write_escaped(struct out *o, const char *s, size_t len, char quote, bool json)
{
	bool exact = true;

	for (size_t i = 0, n; i < len;) {
		char escape[TEXT_ESCAPE_MAX];

		n = text_plain(s + i, len - i, quote);
		out_bytes(o, s + i, n);
		i += n;
		if (i == len)
			break;
		exact &= text_utf8_length(s + i, len - i) > 0;
		i += text_escape(s + i, len - i, json, escape, &n);
		out_bytes(o, escape, n);
	}
	return exact;
}

bool out_json_string(struct out *o, const char *s, size_t len)
{
	bool exact;

	out_char(o, '"');
	exact = write_escaped(o, s, len, '"', true);
	out_char(o, '"');
	return exact;
}

void out_escaped(struct out *o, const char *s, size_t len, char quote)
{
	write_escaped(o, s, len, quote, false);
}

unsigned int out_columns(const struct out *o, size_t start)
{
	unsigned int columns = 0;

	for (size_t i = start; i < o->len; i++)
		columns += (o->data[i] & 0xc0) != 0x80;
	return columns;
}

void out_pad(struct out *o, size_t start, size_t width)
{
	for (size_t columns = out_columns(o, start); columns < width; columns++)
		out_char(o, ' ');
	out_char(o, ' ');
}

/* Returns the columns of the character or escape at data[i], and its bytes. */
static unsigned int unit_at(const struct out *o, size_t i, size_t *ret_len)
{
	size_t len = 1;

	if (o->data[i] == '\\' && o->len - i > 1) {
		*ret_len = o->data[i + 1] == 'x' && o->len - i > 3 ? 4 : 2;
		return *ret_len;
	}
	while (i + len < o->len && (o->data[i + len] & 0xc0) == 0x80)
		len++;
	*ret_len = len;
	return 1;
}

#define CUT	"..."
#define CUT_LEN (sizeof(CUT) - 1)

void out_cut_left(struct out *o, size_t start, unsigned int columns)
{
	unsigned int all = out_columns(o, start);
	size_t i = start, len;
	const char *slash;

	if (all <= columns)
		return;
	for (; all + CUT_LEN > columns && i < o->len; i += len)
		all -= unit_at(o, i, &len);
	slash = memchr(o->data + i, '/', o->len - i);
	if (slash && slash + 1 < o->data + o->len)
		i = slash - o->data;
	memcpy(o->data + start, CUT, CUT_LEN);
	memmove(o->data + start + CUT_LEN, o->data + i, o->len - i);
	o->len -= i - start - CUT_LEN;
}

void out_cut_right(struct out *o, size_t start, unsigned int columns)
{
	unsigned int used = 0, n;
	size_t i = start, len;

	if (out_columns(o, start) <= columns)
		return;
	for (; i < o->len; i += len, used += n) {
		n = unit_at(o, i, &len);
		if (used + n + CUT_LEN > columns)
			break;
	}
	o->len = i;
	out_text(o, CUT);
}

void out_trim(struct out *o)
{
	while (o->len && o->data[o->len - 1] == ' ')
		o->len--;
}
