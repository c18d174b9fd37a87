// SPDX-License-Identifier: GPL-2.0-only
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "bytes8.h"
#include "util.h"

#define WORD_MAX 48

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment: a swap of two neighbours is one typo, not two. */
static unsigned int distance(const char *a, size_t alen, const char *b, size_t blen)
{
	unsigned int d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= alen; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= blen; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= alen; i++) {
		for (size_t j = 1; j <= blen; j++) {
			unsigned int cost = a[i - 1] != b[j - 1];

			d[i][j] = min3(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[alen][blen];
}

/* The letters of a word of at most WORD_MAX bytes: neither dashes nor underscores. Returns how many. */
static size_t letters(const char *word, size_t len, char ret[WORD_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (word[i] != '-' && word[i] != '_')
			ret[n++] = word[i];
	return n;
}

/* 0: the same letters; 1: a beginning, which is never accepted, but says what was meant; else more. */
static unsigned int rank(const char *a, size_t alen, const char *b, size_t blen)
{
	unsigned int d = distance(a, alen, b, blen);

	if (d && alen >= 2 && alen < blen && memcmp(a, b, alen) == 0)
		return 1;
	return d ? d + 1 : 0;
}

const char *text_nearest(const char *word, size_t len, const char *const *words, size_t n)
{
	char asked[WORD_MAX], known[WORD_MAX];
	const char *best = NULL;
	unsigned int best_rank;

	if (len == 0 || len > WORD_MAX)
		return NULL;
	len = letters(word, len, asked);
	best_rank = 3 + len / 3;
	for (size_t i = 0; len && i < n; i++) {
		size_t wlen = strlen(words[i]);
		unsigned int r;

		if (wlen > WORD_MAX)
			continue;
		r = rank(asked, len, known, letters(words[i], wlen, known));
		if (r < best_rank) {
			best = words[i];
			best_rank = r;
		} else if (r == best_rank && best && strcmp(best, words[i]) != 0) {
			best = NULL; /* of two that are as near, neither is suggested */
		}
	}
	return best;
}

/* Length of the valid UTF-8 character at s[len], and its number; or 0. */
static size_t decode(const char *s, size_t len, uint32_t *ret_c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	uint32_t c;
	size_t n;

	if (len == 0)
		return 0;
	n = u[0] < 0x80	   ? 1
	    : u[0] >= 0xf8 ? 0
	    : u[0] >= 0xf0 ? 4
	    : u[0] >= 0xe0 ? 3
	    : u[0] >= 0xc0 ? 2
			   : 0;
	if (n == 0 || n > len)
		return 0;
	c = n == 1 ? u[0] : u[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	/* overlong forms, surrogates and what lies beyond Unicode are not characters */
	if (c < least[n] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff)
		return 0;
	*ret_c = c;
	return n;
}

size_t text_utf8_length(const char *s, size_t len)
{
	uint32_t c;

	return decode(s, len, &c);
}

/* Control characters, and format characters (Unicode 15, category Cf), which are not seen but
 * change what is. */
static bool steers(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} rows[] = {
		{ 0, 0x1f },	      { 0x7f, 0x9f },	    { 0xad, 0xad },
		{ 0x600, 0x605 },     { 0x61c, 0x61c },	    { 0x6dd, 0x6dd },
		{ 0x70f, 0x70f },     { 0x890, 0x891 },	    { 0x8e2, 0x8e2 },
		{ 0x180e, 0x180e },   { 0x200b, 0x200f },   { 0x202a, 0x202e },
		{ 0x2060, 0x2064 },   { 0x2066, 0x206f },   { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb },   { 0x110bd, 0x110bd }, { 0x110cd, 0x110cd },
		{ 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
		{ 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows) && c >= rows[i].first; i++)
		if (c <= rows[i].last)
			return true;
	return false;
}

size_t text_printable(const char *s, size_t len)
{
	uint32_t c;
	size_t n = decode(s, len, &c);

	return n && !steers(c) ? n : 0;
}

/* Returns whether eight bytes are printable ASCII without an escape. */
static inline bool plain8(const char *s, char quote)
{
	uint64_t x = bytes8_load(s);

	return !(bytes8_high(x) | bytes8_below(x, 0x20) | bytes8_has(x, 0x7f) |
		 bytes8_has(x, '\\') | bytes8_has(x, quote));
}

size_t text_plain(const char *s, size_t len, char quote)
{
	size_t i = 0, n;

	while (len - i >= BYTES8 && plain8(s + i, quote))
		i += BYTES8;
	/* the rest of most texts, once more with bytes before it */
	if (i == len || (i && len - i < BYTES8 && plain8(s + len - BYTES8, quote)))
		return len;
	for (; i < len; i += n) {
		unsigned char c = s[i];

		if (c == '\\' || (quote && s[i] == quote))
			break;
		n = c >= 0x20 && c < 0x7f ? 1 : text_printable(s + i, len - i);
		if (n == 0)
			break;
	}
	return i;
}

static size_t escape_json(uint32_t c, char *ret)
{
	static const char hex[] = "0123456789abcdef";

	if (c > 0xffff) {
		escape_json(0xd800 + ((c - 0x10000) >> 10), ret);
		escape_json(0xdc00 + ((c - 0x10000) & 0x3ff), ret + 6);
		return 12;
	}
	ret[0] = '\\';
	ret[1] = 'u';
	for (int i = 0; i < 4; i++)
		ret[2 + i] = hex[c >> (12 - 4 * i) & 15];
	return 6;
}

static size_t escape_bytes(const char *s, size_t n, char *ret)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++)
		memcpy(ret + 4 * i,
		       (const char[]){ '\\', 'x', hex[(unsigned char)s[i] >> 4], hex[s[i] & 15] },
		       4);
	return 4 * n;
}

size_t text_escape(const char *s, size_t len, bool json, char ret[TEXT_ESCAPE_MAX], size_t *ret_len)
{
	uint32_t c = 0xfffd;
	size_t n = decode(s, len, &c) ?: 1;

	if (!steers(c) && c != 0xfffd) { /* a backslash or a quote */
		ret[0] = '\\';
		memcpy(ret + 1, s, n);
		*ret_len = 1 + n;
	} else {
		*ret_len = json ? escape_json(c, ret) : escape_bytes(s, n, ret);
	}
	return n;
}

void text_write(FILE *f, const char *s, size_t len, char quote)
{
	for (size_t i = 0, n; i < len;) {
		char escape[TEXT_ESCAPE_MAX];

		n = text_plain(s + i, len - i, quote);
		fwrite(s + i, 1, n, f);
		i += n;
		if (i == len)
			break;
		i += text_escape(s + i, len - i, false, escape, &n);
		fwrite(escape, 1, n, f);
	}
}

void text_puts(FILE *f, const char *s)
{
	text_write(f, s, strlen(s), 0);
}

char *text_escaped(const char *s)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	text_puts(f, s);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

void text_write_lines(FILE *f, const char *text, size_t len)
{
	for (size_t i = 0, start = 0; i <= len; i++) {
		/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): a set of bytes, no string */
		if (i < len && !memchr("\n\t\\", text[i], 3))
			continue;
		text_write(f, text + start, i - start, 0);
		if (i < len)
			putc(text[i], f);
		start = i + 1;
	}
	if (len && text[len - 1] != '\n')
		putc('\n', f);
}

int text_read_fd(int fd, size_t max, char **ret_text, size_t *ret_len)
{
	CLEANUP(free_charp) char *text = NULL;
	size_t len = 0, size = 0;
	ssize_t n;

	/* pseudo files have no size to ask for */
	for (;;) {
		if (size - len < 4096) {
			char *bigger;

			size = size ? size * 2 : 16384;
			bigger = realloc(text, size);
			if (!bigger)
				return -ENOMEM;
			text = bigger;
		}
		n = read(fd, text + len, size - len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += n;
		if (len > max)
			return -EFBIG;
	}
	text[len] = '\0';
	*ret_text = TAKE_PTR(text);
	if (ret_len)
		*ret_len = len;
	return 0;
}

int text_read_file(int dir_fd, const char *path, size_t max, char **ret_text, size_t *ret_len)
{
	CLEANUP(close_fdp) int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : text_read_fd(fd, max, ret_text, ret_len);
}

bool text_has_word(const char *list, const char *separators, const char *word)
{
	size_t len = strlen(word);

	while (*list) {
		size_t n = strcspn(list, separators);

		if (n == len && memcmp(list, word, len) == 0)
			return true;
		list += n;
		list += strspn(list, separators);
	}
	return false;
}

int text_write_fd(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= n;
	}
	return 0;
}
