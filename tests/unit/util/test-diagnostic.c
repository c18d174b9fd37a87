// SPDX-License-Identifier: GPL-2.0-only
/* Diagnostics say where and what, and are safe to print for every input. */
#include "test.h"
#include "diagnostic.h"

static char *printed(const struct diagnostics *d)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	diagnostics_print(d, f, "bpflock");
	assert_int_equal(fclose(f), 0);
	return text;
}

static void assert_printed(struct diagnostics *d, const char *expected)
{
	CLEANUP(free_charp) char *text = printed(d);

	assert_string_equal(text, expected);
	diagnostics_done(d);
}

TEST(a_place_is_as_exact_as_its_source)
{
	static const struct {
		struct place at;
		const char *expected;
	} rows[] = {
		{ { "/etc/bpflock/bpflock.conf", 3, 11 }, "bpflock: /etc/bpflock/bpflock.conf:3:11: no\n" },
		{ { "--block", 0, 7 }, "bpflock: --block:7: no\n" },
		{ { "f", 12, 0 }, "bpflock: f:12: no\n" },
		{ { "argument 2", 0, 0 }, "bpflock: argument 2: no\n" },
		{ { "evil\nbpflock: ok\x1b[2J", 1, 1 }, "bpflock: evil\\x0abpflock: ok\\x1b[2J:1:1: no\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diagnostics d = DIAGNOSTICS_INIT;

		diagnostic_error(&d, &rows[i].at, "no");
		assert_int_equal(d.errors, 1);
		assert_printed(&d, rows[i].expected);
	}
}

TEST(warnings_are_no_errors_and_say_so)
{
	struct place at = { "x", 1, 1 };
	struct diagnostics d = DIAGNOSTICS_INIT;

	diagnostic_warning(&d, NULL, "mind %d", 1);
	diagnostic_warning(&d, &at, "mind %d", 2);
	assert_int_equal(d.errors, 0);
	assert_int_equal(d.n, 2);
	diagnostic_error(&d, NULL, "and %s", "fail");
	assert_int_equal(d.errors, 1);
	assert_printed(&d, "bpflock: warning: mind 1\nbpflock: warning: x:1:1: mind 2\nbpflock: and fail\n");
}

TEST(no_message_breaks_its_line)
{
	static const struct {
		const char *word, *expected;
	} rows[] = {
		{ "a\nb", "bpflock: unknown key \"a\\x0ab\"\n" },
		{ "\x1b[31m", "bpflock: unknown key \"\\x1b[31m\"\n" },
		{ "\xff\xfe", "bpflock: unknown key \"\\xff\\xfe\"\n" },
		{ "\xc2\x9b", "bpflock: unknown key \"\\xc2\\x9b\"\n" },
		{ "%s%n", "bpflock: unknown key \"%s%n\"\n" },
		{ "gr\xc3\xbc\xc3\x9f", "bpflock: unknown key \"gr\xc3\xbc\xc3\x9f\"\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diagnostics d = DIAGNOSTICS_INIT;

		diagnostic_unknown(&d, NULL, "key", rows[i].word, strlen(rows[i].word), NULL, 0);
		assert_printed(&d, rows[i].expected);
	}
}

TEST(an_unknown_word_gets_a_suggestion_only_if_one_is_near)
{
	static const char *const words[] = { "debugfs", "kexec" };
	struct diagnostics d = DIAGNOSTICS_INIT;

	diagnostic_unknown(&d, NULL, "operation", "debugsf,", 7, words, ARRAY_SIZE(words));
	diagnostic_unknown(&d, NULL, "operation", "bananas", 7, words, ARRAY_SIZE(words));
	diagnostic_unknown(&d, NULL, "operation", "", 0, words, ARRAY_SIZE(words));
	assert_int_equal(d.errors, 3);
	assert_printed(&d, "bpflock: unknown operation \"debugsf\": did you mean \"debugfs\"?\n"
			   "bpflock: unknown operation \"bananas\": use debugfs or kexec\n"
			   "bpflock: unknown operation \"\": use debugfs or kexec\n");
}

TEST(up_to_eight_choices_are_listed_each_once)
{
	static const char *const words[] = { "a", "b", "a", "c", "d", "e", "f", "g", "h", "b", "i" };
	static const struct {
		size_t n;
		const char *expected;
	} rows[] = {
		{ 0, "bpflock: unknown key \"xyz\"\n" },
		{ 1, "bpflock: unknown key \"xyz\": use a\n" },
		{ 3, "bpflock: unknown key \"xyz\": use a or b\n" },
		{ 4, "bpflock: unknown key \"xyz\": use a, b or c\n" },
		{ 10, "bpflock: unknown key \"xyz\": use a, b, c, d, e, f, g or h\n" },
		{ 11, "bpflock: unknown key \"xyz\": use a, b, c, d, e, f, g, h, ...\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diagnostics d = DIAGNOSTICS_INIT;

		diagnostic_unknown(&d, NULL, "key", "xyz", 3, words, rows[i].n);
		assert_printed(&d, rows[i].expected);
	}
}

TEST(the_last_error_says_that_nothing_was_changed)
{
	CLEANUP(free_charp) char *text = NULL;
	struct diagnostics d = DIAGNOSTICS_INIT;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	diagnostic_error(&d, NULL, "one");
	diagnostic_error(&d, NULL, "two");
	diagnostic_warning(&d, NULL, "three");
	diagnostics_print_unchanged(&d, f, "bpflock");
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, "bpflock: one\nbpflock: two (nothing was changed)\n"
				  "bpflock: warning: three\n");
	diagnostics_done(&d);
}

TEST(a_long_word_is_told_whole)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	char word[10000], *text;

	memset(word, 'w', sizeof(word));
	diagnostic_unknown(&d, NULL, "operation", word, sizeof(word), NULL, 0);
	text = printed(&d);
	assert_int_equal(strlen(text), sizeof(word) + strlen("bpflock: unknown operation \"\"\n"));
	free(text);
}

TEST(errors_without_a_text_are_still_told)
{
	struct diagnostics d = { .errors = 1 };
	CLEANUP(free_charp) char *text = printed(&d);

	assert_non_null(strstr(text, "out of memory"));
}

TEST(done_empties_and_can_be_repeated)
{
	struct diagnostics d = DIAGNOSTICS_INIT;

	diagnostic_error(&d, NULL, "x");
	diagnostics_done(&d);
	assert_int_equal(d.n, 0);
	assert_int_equal(d.errors, 0);
	diagnostics_done(&d);
	assert_printed(&d, "");
}
