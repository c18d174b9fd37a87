// SPDX-License-Identifier: GPL-2.0-only
/* The parser of policy files: what it takes, and where and why it refuses. */
#include "test.h"
#include "parser.h"
#include "expect.h"

struct row {
	const char *text;
	const char *expected; /* "LINE SECTION@COLUMN KEY@COLUMN VALUE@COLUMN\n" each */
	struct expected diagnostics[8];
	size_t len; /* 0: up to the NUL */
};

static char *render(const struct assignments *a)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	assert_non_null(f);
	for (size_t i = 0; i < a->n; i++) {
		const struct assignment *x = &a->items[i];

		fprintf(f, "%u %s@%u %s@%u %s@%u\n", x->line, x->section, x->section_column, x->key,
			x->key_column, x->value, x->value_column);
	}
	assert_int_equal(fclose(f), 0);
	return text;
}

static bool parse(const char *text, size_t len, struct assignments *a, struct diagnostics *d)
{
	/* exactly sized, so that the sanitizer sees a look beyond */
	char *copy = malloc(len);
	bool done;

	memcpy(copy, text, len);
	done = parser_parse(copy, len, "f", a, d);
	free(copy);
	return done;
}

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = rows[i].len ? rows[i].len : strlen(rows[i].text);
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(parser_done) struct assignments a;
		bool done = parse(rows[i].text, len, &a, &d);
		CLEANUP(free_charp) char *rendered = render(&a);

		expect_diagnostics(rows[i].text, &d, rows[i].diagnostics);
		assert_int_equal(done, d.errors == 0);
		if (rows[i].expected)
			assert_string_equal(rendered, rows[i].expected);
	}
}

#define K "[kimglock]\n"

TEST_ROWS(sound_files_are_taken_apart, check, struct row,
	{ "", "" }, { "\n", "" }, { "\n\n \t\n", "" },
	{ "# c\n; c\n  # c\n\t; [x\n", "" }, { "# gr\xc3\xbc\xc3\x9f dich \\\n", "" }, { K, "" },
	{ "[kimglock]", "" },
	{ K "profile=baseline\n", "2 kimglock@2 profile@1 baseline@9\n" },
	{ K "profile=baseline", "2 kimglock@2 profile@1 baseline@9\n" },
	{ K "profile = baseline\n", "2 kimglock@2 profile@1 baseline@11\n" },
	{ K "\t profile\t=\t baseline \t\n", "2 kimglock@2 profile@3 baseline@14\n" },
	{ "  [kimglock]  \nmode=audit\n", "2 kimglock@4 mode@1 audit@6\n" },
	{ K "block =\n", "2 kimglock@2 block@1 @8\n" },
	{ K "block = \t \n", "2 kimglock@2 block@1 @8\n" },
	{ K "block = a = b\n", "2 kimglock@2 block@1 a = b@9\n" },
	{ K "block = [x]\n", "2 kimglock@2 block@1 [x]@9\n" },
	{ K "a b = c\n", "2 kimglock@2 a b@1 c@7\n" },
	{ K "block = x # y ; z\n", "2 kimglock@2 block@1 x # y ; z@9\n" },
	{ K "block = a\\b\n", "2 kimglock@2 block@1 a\\b@9\n" },
	{ K "block = gr\xc3\xbc\xc3\x9f\n", "2 kimglock@2 block@1 gr\xc3\xbc\xc3\x9f@9\n" },
	{ K "a=1\n[execsnoop]\ntrace=all\n" K "b=2\n",
	  "2 kimglock@2 a@1 1@3\n4 execsnoop@2 trace@1 all@7\n6 kimglock@2 b@1 2@3\n" },
	{ "[]\na=1\n", "2 @2 a@1 1@3\n" },
	{ "[ kimglock ]\na=1\n", "2  kimglock @2 a@1 1@3\n" },
	{ "[cgroup \"/a b\"]\na=1\n", "2 cgroup \"/a b\"@2 a@1 1@3\n" },
	/* in quotes, brackets are like any byte */
	{ "[cgroup \"/a]b\"]\na=1\n", "2 cgroup \"/a]b\"@2 a@1 1@3\n" },
	{ "[cgroup \"/[a]\"]\na=1\n", "2 cgroup \"/[a]\"@2 a@1 1@3\n" },
	{ "[cgroup \"/]]]\"] \t\na=1\n", "2 cgroup \"/]]]\"@2 a@1 1@3\n" },
	{ "[\"]\"]\na=1\n", "2 \"]\"@2 a@1 1@3\n" },
	{ "[cgroup \"/a\"b]\"]\na=1\n", "2 cgroup \"/a\"b]\"@2 a@1 1@3\n" },
	{ "[cgroup \"/a\\\"]\na=1\n", "2 cgroup \"/a\\\"@2 a@1 1@3\n" },
	{ "[cgroup \"/a]\na=1\n", "2 cgroup \"/a@2 a@1 1@3\n" },
	{ "[cgroup \"/a#b;c=d\"]\na=1\n", "2 cgroup \"/a#b;c=d\"@2 a@1 1@3\n" },
	{ K "block = \"]\n", "2 kimglock@2 block@1 \"]@9\n" })

/* Sections are told of one by one, in order, whether or not anything is set in them. */
TEST(every_section_is_listed)
{
	static const struct {
		const char *text, *expected; /* "LINE NAME@COLUMN\n" each */
	} rows[] = {
		{ "", "" },
		{ "# [a]\na = [b]\n", "" },
		{ "[a]\n[b]\n\n [a]\n", "1 a@2\n2 b@2\n4 a@3\n" },
		{ "[cgroup \"/a\"]\nx=1\n[cgroup \"/b]\"]\n", "1 cgroup \"/a\"@2\n3 cgroup \"/b]\"@2\n" },
		{ "[a\n[b]\n[c] x\n[d]\\\n[\xff]\n[e]\n", "1 a@2\n2 b@2\n3 c@2\n6 e@2\n" },
		{ "[]", "1 @2\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(parser_done) struct assignments a;
		char rendered[256] = "";

		parse(rows[i].text, strlen(rows[i].text), &a, &d);
		for (size_t k = 0; k < a.n_sections; k++)
			snprintf(rendered + strlen(rendered), sizeof(rendered) - strlen(rendered),
				 "%u %s@%u\n", a.sections[k].line, a.sections[k].name,
				 a.sections[k].column);
		assert_string_equal(rendered, rows[i].expected);
		/* an assignment is told to belong to the very section it stands in */
		for (size_t k = 0, s = 0; k < a.n; k++) {
			while (s < a.n_sections && a.sections[s].name != a.items[k].section)
				s++;
			assert_true(s < a.n_sections);
		}
	}
}

TEST_ROWS(each_malformed_line_is_refused_at_its_place, check, struct row,
	/* no section */
	{ "profile = baseline\n", "", { { "f:1:1", "before any section" } } },
	{ "\n  profile = baseline\n", "", { { "f:2:3", "before any section" } } },
	/* neither this nor that */
	{ K "profile\n", "", { { "f:2:1", "expected KEY = VALUE" } } },
	{ K "  profile baseline\n", "", { { "f:2:3", "expected KEY = VALUE" } } },
	{ K "= baseline\n", "", { { "f:2:1", "expected a key" } } },
	{ K "\t = baseline\n", "", { { "f:2:3", "expected a key" } } },
	{ "kimglock]\n", "", { { "f:1:1", "expected KEY = VALUE" } } },
	/* sections */
	{ "[kimglock\n", "", { { "f:1:1", "closing bracket" } } },
	{ "  [kimglock\n", "", { { "f:1:3", "closing bracket" } } },
	{ "[kimglock] # why\n", "", { { "f:1:12", "text after the section" } } },
	{ "[kimglock]]\n", "", { { "f:1:11", "text after the section" } } },
	{ "[kimglock] profile = x\n", "", { { "f:1:12", "text after the section" } } },
	{ "[kimglock] \"x\n", "", { { "f:1:12", "text after the section" } } },
	{ "[kimglock] \"x]\n", "", { { "f:1:12", "text after the section" } } },
	{ "[cgroup \"/a\"] x\n", "", { { "f:1:15", "text after the section" } } },
	{ "[cgroup \"/a\"] \"x\"\n", "", { { "f:1:15", "text after the section" } } },
	{ "[cgroup \"/a]b\"] # why\n", "", { { "f:1:17", "text after the section" } } },
	{ "[cgroup \"/a\"\n", "", { { "f:1:1", "closing bracket" } } },
	{ "[cgroup \"/a\n", "", { { "f:1:1", "closing bracket" } } },
	{ "[cgroup \"/a\"] \\\n", "", { { "f:1:15", "cannot be continued" } } },
	/* continuation */
	{ K "block = kexec \\\n", "", { { "f:2:15", "cannot be continued" } } },
	{ K "block = kexec \\  \n", "", { { "f:2:15", "cannot be continued" } } },
	{ K "block = kexec\\\\\n", "", { { "f:2:15", "cannot be continued" } } },
	{ "[kimglock]\\\n", "", { { "f:1:11", "cannot be continued" } } },
	{ K "\\\n", "", { { "f:2:1", "cannot be continued" } } },
	/* line ends of others */
	{ K "mode = audit\r\n", "", { { "f:2:13", "carriage return" } } },
	{ "[kimglock]\r\n", "", { { "f:1:11", "carriage return" } } },
	{ K "mode = audit\rprofile = none\n", "", { { "f:2:13", "carriage return" } } },
	{ "# comment\r\n", "", { { "f:1:10", "carriage return" } } },
	/* control bytes */
	{ K "mode = \x1b[31maudit\n", "", { { "f:2:8", "control byte 0x1b" } } },
	{ K "mode = audit\x7f\n", "", { { "f:2:13", "control byte 0x7f" } } },
	{ K "mode = audit\f\n", "", { { "f:2:13", "control byte 0x0c" } } },
	{ K "# \xe2\x80\xae\n", "", { { "f:2:3", "invisible character" } } },
	{ K "mode = audit\v\n", "", { { "f:2:13", "control byte 0x0b" } } },
	{ "# \x01\n", "", { { "f:1:3", "control byte 0x01" } } },
	/* UTF-8 */
	{ K "mode = \xff\n", "", { { "f:2:8", "invalid UTF-8 (byte 0xff)" } } },
	{ K "mode = a\xc3\n", "", { { "f:2:9", "invalid UTF-8 (byte 0xc3)" } } },
	{ K "mode = \xed\xa0\x80\n", "", { { "f:2:8", "invalid UTF-8 (byte 0xed)" } } },
	{ K "mode = \xc0\xaf\n", "", { { "f:2:8", "invalid UTF-8 (byte 0xc0)" } } },
	{ "# latin gr\xfc\xdf\n", "", { { "f:1:11", "invalid UTF-8 (byte 0xfc)" } } })

TEST(nul_bytes_hide_nothing)
{
#define NUL(s) .text = s, .len = sizeof(s) - 1
	static const struct row rows[] = {
		{ NUL("\0"), .expected = "", .diagnostics = { { "f:1:1", "control byte 0x00" } } },
		{ NUL(K "mode = audit\0\n"), .expected = "",
		  .diagnostics = { { "f:2:13", "control byte 0x00" } } },
		{ NUL(K "mode = audit\0 junk\n"), .expected = "",
		  .diagnostics = { { "f:2:13", "control byte 0x00" } } },
		{ NUL(K "\0mode = audit\n"), .expected = "",
		  .diagnostics = { { "f:2:1", "control byte 0x00" } } },
		{ NUL("# c\0\n"), .expected = "", .diagnostics = { { "f:1:4", "control byte 0x00" } } },
		{ NUL(K "mode = audit\n\0"), .expected = "2 kimglock@2 mode@1 audit@8\n",
		  .diagnostics = { { "f:3:1", "control byte 0x00" } } },
		{ NUL(K "a=1\n\0\nb=2\n"), .expected = "2 kimglock@2 a@1 1@3\n4 kimglock@2 b@1 2@3\n",
		  .diagnostics = { { "f:3:1", "control byte 0x00" } } },
	};
#undef NUL

	check(rows, ARRAY_SIZE(rows));
}

TEST(a_byte_order_mark_is_refused)
{
	static const char *const texts[] = {
		"\xef\xbb\xbf[kimglock]\nmode = audit\n",
		"\xef\xbb\xbf# comment\n[kimglock]\n",
		"\xef\xbb\xbf\n[kimglock]\n", "\xef\xbb\xbfmode = audit\n", "\xff\xfe[\0k\0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(parser_done) struct assignments a;

		assert_false(parse(texts[i], strlen(texts[i]), &a, &d));
		assert_true(d.n > 0 && strncmp(d.items[0].text, "f:1:1: ", 7) == 0);
	}
}

TEST_ROWS(all_mistakes_are_told_at_once, check, struct row,
	{ "early = 1\n[kimglock\nlost = 2\n[execsnoop] x\n[kimglock]\nmode\n = 3\nblock = a \\\n\x01\nmode = audit\n",
	  "3 kimglock@2 lost@1 2@8\n10 kimglock@2 mode@1 audit@8\n",
	  { { "f:1:1", "before any section" },
	    { "f:2:1", "closing bracket" },
	    { "f:4:13", "text after the section" },
	    { "f:6:1", "expected KEY = VALUE" },
	    { "f:7:2", "expected a key" },
	    { "f:8:11", "cannot be continued" },
	    { "f:9:1", "control byte 0x01" } } })

/* Those of one that was understood are looked at, whatever else is wrong in its line. */
TEST_ROWS(a_section_with_a_mistake_keeps_its_settings, check, struct row,
	{ "[kimglock\na = 1\n", "2 kimglock@2 a@1 1@5\n", { { "f:1:1", "closing bracket" } } },
	{ K "a = 1\n[other] x\nb = 2\n", "2 kimglock@2 a@1 1@5\n4 other@2 b@1 2@5\n",
	  { { "f:3:9", "text after" } } })

/* Settings of a section that was not understood are neither told twice nor end up in another. */
TEST_ROWS(a_bad_section_takes_its_settings_with_it, check, struct row,
	{ "[cgroup \"/a\na = 1\nb = 2\n", "", { { "f:1:1", "closing bracket" } } },
	{ K "a = 1\n[oth\xff" "er]\nb = 2\n", "2 kimglock@2 a@1 1@5\n",
	  { { "f:3:5", "invalid UTF-8" } } },
	{ "[kim\x01glock]\na = 1\n", "", { { "f:1:5", "control byte 0x01" } } },
	{ K "a = 1\n[other]\r\nb = 2\n", "2 kimglock@2 a@1 1@5\n",
	  { { "f:3:8", "carriage return" } } },
	{ K "a = 1\n[other] \\\nb = 2\n", "2 kimglock@2 a@1 1@5\n",
	  { { "f:3:9", "cannot be continued" } } })

static char *long_line(size_t len, const char *begin, char fill, const char *tail, size_t *ret_len)
{
	size_t head = strlen(K), begin_len = strlen(begin);
	char *text = malloc(head + len + strlen(tail) + 1);

	assert_true(len >= begin_len);
	strcpy(text, K);
	strcpy(text + head, begin);
	memset(text + head + begin_len, fill, len - begin_len);
	strcpy(text + head + len, tail);
	*ret_len = head + len + strlen(tail);
	return text;
}

TEST(a_line_is_at_most_4096_bytes_long)
{
	static const struct {
		const char *begin;
		char fill;
		bool assigns;
	} kinds[] = { { "block = ", 'x', true }, { "block = ", ' ', true }, { "# ", 'x', false }, { "", ' ', false } };
	static const struct {
		size_t len;
		const char *tail;
		bool good;
	} rows[] = {
		{ 4095, "\n", true },  { 4096, "\n", true },  { 4096, "", true },   { 4097, "\n", false },
		{ 4097, "", false },   { 70000, "\n", false }, { 4096, "\nmode = audit\n", true },
	};

	assert_int_equal(PARSER_LINE_MAX, 4096);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct expected expected[] = {
				{ rows[i].good ? NULL : "f:2:4097",
				  rows[i].good ? NULL : "line longer than 4096 bytes" },
				{}
			};
			CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
			CLEANUP(parser_done) struct assignments a;
			size_t len;
			char *text = long_line(rows[i].len, kinds[k].begin, kinds[k].fill, rows[i].tail, &len);

			assert_int_equal(parse(text, len, &a, &d), rows[i].good);
			expect_diagnostics("a long line", &d, expected);
			assert_int_equal(a.n, (rows[i].good && kinds[k].assigns) + (rows[i].tail[0] && rows[i].tail[1]));
			/* nothing is ever cut short */
			if (rows[i].good && kinds[k].assigns && kinds[k].fill == 'x')
				assert_int_equal(strlen(a.items[0].value), rows[i].len - 8);
			free(text);
		}
	}
}

TEST(lines_are_counted_to_the_end)
{
	struct expected expected[] = { { "f:100001:1", "expected KEY = VALUE" }, {} };
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(parser_done) struct assignments a;
	size_t len = 100000 + 1;
	CLEANUP(free_charp) char *text = malloc(len);

	memset(text, '\n', len);
	text[len - 1] = 'x';
	assert_false(parser_parse(text, len, "f", &a, &d));
	expect_diagnostics("newlines", &d, expected);
}

TEST(every_beginning_of_a_file_is_parsed_or_refused)
{
	static const char text[] = "# c\n[kimglock]\nprofile = baseline\nblock = kexec,msr\n\n"
				   "[execsnoop]\n trace = all \n";

	for (size_t len = 0; len < sizeof(text); len++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(parser_done) struct assignments a;
		bool done = parse(text, len, &a, &d);

		assert_int_equal(done, d.errors == 0);
		assert_true(a.n <= 3);
	}
}

TEST(done_empties_and_can_be_repeated)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct assignments a;

	assert_true(parse(K "a=1\n", strlen(K "a=1\n"), &a, &d));
	parser_done(&a);
	assert_null(a.items);
	assert_null(a.text);
	assert_int_equal(a.n, 0);
	parser_done(&a);
}
