// SPDX-License-Identifier: GPL-2.0-only
/* Text from outside: what is UTF-8, how it is printed, what was meant. */
#include <fcntl.h>

#include "test.h"
#include "text.h"

/* A literal and its length, NUL bytes in it included. */
#define S(s) s, sizeof(s) - 1

TEST(utf8_length_knows_characters_from_rubbish)
{
	static const struct {
		const char *s;
		size_t len, expected;
	} rows[] = {
		{ S(""), 0 }, { S("a"), 1 }, { S("\0"), 1 }, { S("\x7f"), 1 },
		{ S("\xc2\x80"), 2 }, { S("\xdf\xbf"), 2 }, { S("\xe0\xa0\x80"), 3 },
		{ S("\xed\x9f\xbf"), 3 }, { S("\xee\x80\x80"), 3 }, { S("\xef\xbf\xbf"), 3 },
		{ S("\xf0\x90\x80\x80"), 4 }, { S("\xf4\x8f\xbf\xbf"), 4 },
		/* continuation first */
		{ S("\x80"), 0 },
		{ S("\xbf\x80"), 0 },
		/* overlong */
		{ S("\xc0\x80"), 0 }, { S("\xc1\xbf"), 0 }, { S("\xe0\x9f\xbf"), 0 },
		{ S("\xf0\x8f\xbf\xbf"), 0 },
		/* surrogates */
		{ S("\xed\xa0\x80"), 0 },
		{ S("\xed\xbf\xbf"), 0 },
		/* beyond Unicode */
		{ S("\xf4\x90\x80\x80"), 0 }, { S("\xf7\xbf\xbf\xbf"), 0 },
		{ S("\xf8\x88\x80\x80\x80"), 0 }, { S("\xff"), 0 },
		/* cut short, or broken inside */
		{ S("\xc2"), 0 }, { S("\xe2\x82"), 0 }, { S("\xf0\x9f\x92"), 0 },
		{ S("\xc2z"), 0 }, { S("\xe2\x82z"), 0 }, { S("\xf0\x9f\x92z"), 0 },
		{ S("\xe2z\x82"), 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* exactly sized: the sanitizer sees a look beyond */
		CLEANUP(free_charp) char *copy = malloc(rows[i].len);
		size_t n;

		memcpy(copy, rows[i].s, rows[i].len);
		n = text_utf8_length(copy, rows[i].len);
		if (n != rows[i].expected)
			fail_msg("row %zu: %zu, not %zu", i, n, rows[i].expected);
	}
}

static char *written(const char *s, size_t len, char quote)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	assert_non_null(f);
	text_write(f, s, len, quote);
	assert_int_equal(fclose(f), 0);
	return out;
}

TEST(what_is_written_is_safe_and_reversible)
{
	static const struct {
		const char *s;
		size_t len;
		char quote;
		const char *expected;
	} rows[] = {
		{ S(""), 0, "" },
		{ S("plain words, 100%"), 0, "plain words, 100%" },
		{ S("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x92"), 0,
		  "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x94\x92" },
		{ S("\x1b[31mred\a"), 0, "\\x1b[31mred\\x07" },
		{ S("a\nb\tc\rd"), 0, "a\\x0ab\\x09c\\x0dd" },
		{ S("nul\0after"), 0, "nul\\x00after" },
		{ S("del\x7f"), 0, "del\\x7f" },
		{ S("\xc2\x9b" "31m\xc2\x80\xc2\x9f"), 0, "\\xc2\\x9b31m\\xc2\\x80\\xc2\\x9f" },
		{ S("\xc2\xa0"), 0, "\xc2\xa0" }, /* the first one that steers nothing */
		{ S("\xe2\x80\xae"
		    "cod.exe"),
		  0, "\\xe2\\x80\\xaecod.exe" }, /* U+202E: from right to left */
		{ S("\xd8\x9c\xe2\x81\xa6\xe2\x80\x8f"), 0,
		  "\\xd8\\x9c\\xe2\\x81\\xa6\\xe2\\x80\\x8f" },
		{ S("a\xe2\x80\x8b" "b\xef\xbb\xbf"), 0, "a\\xe2\\x80\\x8bb\\xef\\xbb\\xbf" },
		{ S("\xf3\xa0\x81\x81"), 0, "\\xf3\\xa0\\x81\\x81" }, /* a tag, U+E0041 */
		{ S("\xd8\xb9\xd7\x90\xe2\x80\xa8\xe2\x81\xa5"), 0,
		  "\xd8\xb9\xd7\x90\xe2\x80\xa8\xe2\x81\xa5" }, /* letters, and neighbours */
		{ S("\xff\xfe"), 0, "\\xff\\xfe" }, { S("cut\xe2\x82"), 0, "cut\\xe2\\x82" },
		{ S("\xe2\x82q"), 0, "\\xe2\\x82q" }, { S("back\\slash"), 0, "back\\\\slash" },
		{ S("\\x41"), 0, "\\\\x41" }, { S("say \"x\""), '"', "say \\\"x\\\"" },
		{ S("say \"x\""), 0, "say \"x\"" }, { S("it's"), '\'', "it\\'s" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *out = written(rows[i].s, rows[i].len, rows[i].quote);

		assert_string_equal(out, rows[i].expected);
	}
}

/* Every pair of bytes: no control byte and no invalid UTF-8 gets through. */
TEST(no_pair_of_bytes_gets_through_raw)
{
	for (unsigned int pair = 0; pair < 65536; pair++) {
		char in[] = { pair >> 8, pair };
		CLEANUP(free_charp) char *out = written(in, 2, '"');
		size_t len = strlen(out);

		for (size_t i = 0; i < len;) {
			size_t n = text_utf8_length(out + i, len - i);
			unsigned char c = out[i];

			if (n == 0 || c < 0x20 || c == 0x7f ||
			    (c == 0xc2 && (unsigned char)out[i + 1] < 0xa0))
				fail_msg("%02x %02x becomes %s", pair >> 8, pair & 0xff, out);
			i += n;
		}
	}
}

TEST(nearest_is_what_was_meant_or_nothing)
{
	static const char *const words[] = { "debugfs", "tracefs", "kexec", "msr", "perf", "hibernation" };
	static const struct {
		const char *word, *expected;
	} rows[] = {
		{ "debugsf", "debugfs" },      /* two neighbours swapped */
		{ "debufs", "debugfs" },       /* one missing */
		{ "debuggfs", "debugfs" },     /* one too many */
		{ "debugfz", "debugfs" },      /* one wrong */
		{ "ebugfs", "debugfs" },       /* the first missing */
		{ "debugfs", "debugfs" },      /* none */
		{ "hybernatoin", "hibernation" },
		{ "mrs", "msr" }, { "prf", "perf" }, { "tracef", "tracefs" }, { "", NULL },
		{ "xyz", NULL }, { "completely-else", NULL }, { "m", NULL },
		{ "hibernation-hibernation-hibernation-hibernation-hibernation", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *found = text_nearest(rows[i].word, strlen(rows[i].word), words, ARRAY_SIZE(words));

		if (!rows[i].expected)
			assert_null(found);
		else
			assert_string_equal(found, rows[i].expected);
	}
	assert_null(text_nearest("kexec", 5, NULL, 0));
	assert_null(text_nearest("--", 2, words, ARRAY_SIZE(words)));
	/* not NUL-terminated */
	assert_string_equal(text_nearest("kexecX", 5, words, ARRAY_SIZE(words)), "kexec");
}

TEST(dashes_are_no_letters_and_of_two_that_are_as_near_neither_is_meant)
{
	static const char *const words[] = { "bpf_read", "bpf_write_user", "ring-size", "--json",
					     "--wait",	 "bpf_read",	   "log",	"lot" };
	static const struct {
		const char *word, *expected;
	} rows[] = {
		{ "bpf-read", "bpf_read" },  { "bpfread", "bpf_read" }, { "ring_size", "ring-size" },
		{ "--jsno", "--json" },	     { "---json", "--json" },	{ "--xy", NULL },
		{ "bpf", NULL }, /* of two */ { "bpf_w", "bpf_write_user" }, { "loo", NULL },
		{ "logs", "log" },	     { "lo", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *found = text_nearest(rows[i].word, strlen(rows[i].word), words,
						 ARRAY_SIZE(words));

		if (!rows[i].expected)
			assert_null(found);
		else
			assert_string_equal(found, rows[i].expected);
	}
}

TEST(nearest_reads_no_further_than_its_longest_word)
{
	char word[50], *copy;

	memset(word, 'a', sizeof(word));
	for (size_t len = 0; len <= sizeof(word); len++) {
		char longest[64] = {};
		const char *words[] = { longest };
		const char *found;

		memset(longest, 'a', len ? len : 1);
		copy = malloc(len);
		memcpy(copy, word, len);
		found = text_nearest(copy, len, words, 1);
		assert_true(found == NULL || found == longest);
		assert_int_equal(found != NULL, len >= 1 && len <= 48);
		free(copy);
	}
}

TEST(has_word_takes_whole_words)
{
	static const struct {
		const char *list, *separators, *word;
		bool expected;
	} rows[] = {
		{ "lockdown,capability,bpf", ",", "bpf", true },
		{ "bpf,lockdown", ",", "bpf", true },
		{ "bpf", ",", "bpf", true },
		{ "lockdown,bpf,yama", ",", "bpf", true },
		{ "lockdown,ebpf", ",", "bpf", false },
		{ "bpfx,lockdown", ",", "bpf", false },
		{ "bp", ",", "bpf", false }, { "", ",", "bpf", false },
		{ ",,", ",", "bpf", false }, { ",bpf", ",", "bpf", true },
		{ "a \t bpf\n", " \t\n", "bpf", true },
		{ "none [integrity] confidentiality", " ", "integrity", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (text_has_word(rows[i].list, rows[i].separators, rows[i].word) != rows[i].expected)
			fail_msg("\"%s\" in \"%s\"", rows[i].word, rows[i].list);
}

static char *temporary(size_t len)
{
	char *path = strdup("/tmp/bpflock-test-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
	return path;
}

TEST(files_are_read_whole_or_not_at_all)
{
	static const struct {
		size_t size, max;
		int expected;
	} rows[] = {
		{ 0, 0, 0 },	    { 0, 100, 0 },	  { 1, 0, -EFBIG },	 { 100, 100, 0 },
		{ 101, 100, -EFBIG }, { 12288, 65536, 0 },  { 16383, 65536, 0 }, { 16384, 65536, 0 },
		{ 16385, 65536, 0 },  { 40000, 40000, 0 },  { 40000, 39999, -EFBIG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *path = temporary(rows[i].size), *text = (char *)"untouched";
		size_t len = 4711;
		int r = text_read_file(AT_FDCWD, path, rows[i].max, &text, &len);

		assert_int_equal(r, rows[i].expected);
		if (r == 0) {
			assert_int_equal(len, rows[i].size);
			assert_int_equal(strlen(text), rows[i].size);
			free(text);
		} else {
			assert_string_equal(text, "untouched");
			assert_int_equal(len, 4711);
		}
		unlink(path);
		free(path);
	}
}

TEST(what_is_no_file_is_an_errno)
{
	CLEANUP(free_charp) char *text = NULL;

	assert_int_equal(text_read_file(AT_FDCWD, "/nonexistent/file", 10, &text, NULL), -ENOENT);
	assert_int_equal(text_read_file(AT_FDCWD, "/", 10, &text, NULL), -EISDIR);
	assert_int_equal(text_read_file(AT_FDCWD, "/dev/null", 10, &text, NULL), 0);
	assert_string_equal(text, "");
}
