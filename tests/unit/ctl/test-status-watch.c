// SPDX-License-Identifier: GPL-2.0-only
/* Changes between two looks are found, and what changes with each look is not taken for one. */
#include "test.h"
#include "status-watch.h"

struct pair {
	const char *a, *b;
	bool differs;
};

static void check_pairs(const struct pair *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(status_watch_differs(rows[i].a, rows[i].b), rows[i].differs);
		assert_int_equal(status_watch_differs(rows[i].b, rows[i].a), rows[i].differs);
	}
}

TEST_ROWS(times_and_own_questions_are_no_change, check_pairs, struct pair, { "", "", false },
	  { "a\n", "a\n", false }, { "a\n", "b\n", true }, { "a\n", "a\nb\n", true },
	  { " proofs: 2 q\n", " proofs: 14 q\n", false },
	  { " proofs: 2 q\n", " proofs: 14 r\n", true },
	  { "trial: ends in 9 s, 1\n", "trial: ends in 10 s, 1\n", false },
	  { "trial: ends in 9 s, 1\n", "trial: ends in 9 s, 2\n", true },
	  { "x; loaded 59s ago from --level\n", "x; loaded 1m ago from --level\n", false },
	  { "x;\n  loaded 9m ago from /a\n", "x;\n  loaded 10m ago from /a\n", false },
	  { "x; loaded 9m ago from /a\n", "x; loaded 9m ago from /b\n", true },
	  { "{\"proofs\":2,\"denied\":1}", "{\"proofs\":3,\"denied\":1}", false },
	  { "{\"proofs\":2,\"denied\":1}", "{\"proofs\":2,\"denied\":2}", true },
	  { "{\"seconds_left\":100}", "{\"seconds_left\":99}", false })

struct line_row {
	const char *line, *before, *expected;
	unsigned int columns;
};

static void check_lines(const struct line_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *text = NULL;
		size_t len;
		FILE *f = open_memstream(&text, &len);
		const char *next;

		assert_non_null(f);
		next = status_watch_line(f, rows[i].line, rows[i].before, rows[i].columns);
		fclose(f);
		assert_string_equal(text, rows[i].expected);
		assert_true(next ==
			    strchrnul(rows[i].line, '\n') + (strchr(rows[i].line, '\n') != NULL));
		free(text);
	}
}

#define ON  "\x1b[7m"
#define OFF "\x1b[0m"

TEST_ROWS(changed_words_are_emphasized, check_lines, struct line_row,
	  { "block: kexec (x)\nmore", NULL, "block: kexec (x)", 80 },
	  { "block: kexec (x)", "a: 1\nblock: kexec (x)\n", "block: kexec (x)", 80 },
	  { "block: kexec (x)", "block: msr (x)\n", "block: " ON "kexec" OFF " (x)", 80 },
	  { "kexec deny 0 1", "kexec deny 0 12\n", "kexec deny 0 " ON "1" OFF, 80 },
	  { "kexec deny 10 1", "kexec deny 11 1", "kexec deny " ON "10" OFF " 1", 80 },
	  /* a line that was not there */
	  { "sealed: yes", "block: msr\n", ON "sealed: yes" OFF, 80 },
	  /* it is cut where the terminal ends, emphasized or not, and by characters */
	  { "block: kexec", "block: msr", "block: " ON "ke" OFF, 9 },
	  { "block: kexec", "block: msr", "bloc", 4 },
	  { "a\xc3\xa4\xc3\xb6", NULL, "a\xc3\xa4", 2 }, { "", "", "", 80 })
