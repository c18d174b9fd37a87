// SPDX-License-Identifier: GPL-2.0-only
/* Command lines: exact names, and every other word told where it stands. */
#include "test.h"
#include "options.h"
#include "ruleset.h"
#include "expect.h"

enum { CONFIG = 1, BLOCK, BLOCKS, DRY_RUN, JSON, OUTPUT, WHEN };

static const struct option_info table[] = {
	{ "config", 0, "FILE", "read this file", CONFIG },
	{ "block", 'b', "LIST", "deny these", BLOCK },
	{ "blocks", 0, NULL, "begins like another one", BLOCKS },
	{ "dry-run", 'n', NULL, "change nothing", DRY_RUN },
	{ "json", 0, NULL, "print JSON", JSON },
	{ "output", 'o', "FORMAT", "how to print", OUTPUT },
	{ "when", 'h', "pretty", "an argument or none", WHEN, .optional = true },
	{ "file", 0, "FILE", "", CONFIG, .now = "--config" },
};

#define WORDS_MAX 8

struct row {
	const char *words[WORDS_MAX];
	const char *outcome; /* "ID=VALUE", "ID", "'OPERAND" or "!", each with a blank behind */
	struct expected diagnostics[4];
};

/* Fills argv with an allocation for every word, so that the sanitizer sees a look beyond. */
static int copy_words(const char *const *words, char **argv)
{
	int n = 0;

	argv[n++] = strdup("bpflock");
	for (; n <= WORDS_MAX && words[n - 1]; n++)
		argv[n] = strdup(words[n - 1]);
	return n;
}

static void parse(const char *const *words, char *outcome, size_t size, struct diagnostics *d)
{
	char *argv[WORDS_MAX + 1];
	int argc = copy_words(words, argv), id;
	const char *value;
	struct options o;
	size_t n = 0;

	outcome[0] = '\0';
	options_init(&o, argc, argv, table, ARRAY_SIZE(table), d);
	while ((id = options_next(&o, &value)) != OPTIONS_END) {
		if (id == OPTIONS_ERROR)
			n += snprintf(outcome + n, size - n, "! ");
		else if (id == OPTIONS_OPERAND)
			n += snprintf(outcome + n, size - n, "'%s ", value);
		else if (value)
			n += snprintf(outcome + n, size - n, "%d=%s ", id, value);
		else
			n += snprintf(outcome + n, size - n, "%d ", id);
		assert_true(n < size);
	}
	for (int i = 0; i < argc; i++)
		free(argv[i]);
}

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		char outcome[512];

		parse(rows[i].words, outcome, sizeof(outcome), &d);
		assert_string_equal(outcome, rows[i].outcome);
		expect_diagnostics(rows[i].words[0] ? rows[i].words[0] : "(nothing)", &d, rows[i].diagnostics);
	}
}

TEST_ROWS(sound_command_lines_are_taken_apart, check, struct row,
	{ {}, "" }, { { "--json" }, "5 " }, { { "--config", "f" }, "1=f " },
	{ { "--config=f" }, "1=f " }, { { "--config=" }, "1= " }, { { "--config", "" }, "1= " },
	{ { "--config==a=b" }, "1==a=b " },
	{ { "--block", "", "--json" }, "2= 5 " },
	{ { "--block", "kexec,msr", "--block=perf" }, "2=kexec,msr 2=perf " },
	{ { "--blocks" }, "3 " }, { { "-n" }, "4 " }, { { "-b", "kexec" }, "2=kexec " },
	{ { "-b", "-n" }, "2=-n " },
	{ { "--config", "--json" }, "1=--json " },
	{ { "--config", "--" }, "1=-- " },
	{ { "status" }, "'status " },
	{ { "status", "--json", "more" }, "'status 5 'more " },
	{ { "-" }, "'- " }, { { "" }, "' " }, { { "--" }, "" }, { { "--json", "--" }, "5 " },
	{ { "--", "--json", "-n", "--" }, "'--json '-n '-- " },
	{ { "--when", "x" }, "7 'x " }, { { "--when=x" }, "7=x " }, { { "--when=" }, "7= " },
	{ { "-?" }, "7 " })

TEST_ROWS(old_names_are_taken_with_a_warning, check, struct row,
	{ { "--file", "f" }, "1=f ", { { NULL, "the option --file is old: use --config", .warning = true } } },
	{ { "--file=f", "--json" }, "1=f 5 ", { { NULL, "the option --file is old: use --config", .warning = true } } },
	{ { "--fil=f" }, "! ", { { NULL, "unknown option \"--fil\"" } } })

TEST_ROWS(other_words_are_refused_and_named, check, struct row,
	{ { "--jsno" }, "! ", { { NULL, "\"--jsno\": did you mean \"--json\"?" } } },
	{ { "--JSON" }, "! ", { { NULL, "unknown option \"--JSON\"" } } },
	{ { "--json " }, "! ", { { NULL, "unknown option \"--json \"" } } },
	{ { "---json" }, "! ", { { NULL, "unknown option \"---json\"" } } },
	{ { "-json" }, "! ", { { NULL, "unknown option \"-json\"" } } },
	{ { "--=x" }, "! ", { { NULL, "unknown option \"--\"" } } },
	{ { "--xyzzy=secret" }, "! ", { { NULL, "unknown option \"--xyzzy\"" } } },
	{ { "-x" }, "! ", { { NULL, "unknown option \"-x\"" } } },
	{ { "-nn" }, "! ", { { NULL, "unknown option \"-nn\"" } } },
	{ { "-bkexec" }, "! ", { { NULL, "unknown option \"-bkexec\"" } } },
	{ { "-b=kexec" }, "! ", { { NULL, "unknown option \"-b=kexec\"" } } },
	{ { "--json=yes" }, "! ", { { NULL, "\"--json\" takes no argument" } } },
	{ { "--json=" }, "! ", { { NULL, "\"--json\" takes no argument" } } },
	{ { "--blocks=kexec" }, "! ", { { NULL, "\"--blocks\" takes no argument" } } },
	{ { "--config" }, "! ", { { NULL, "\"--config\" needs an argument" } } },
	{ { "--json", "--config" }, "5 ! ", { { NULL, "\"--config\" needs an argument" } } },
	{ { "-n", "-o" }, "4 ! ", { { NULL, "\"-o\" needs an argument" } } },
	{ { "--a\n\x1b" }, "! ", { { NULL, "\"--a\\x0a\\x1b\"" } } })

TEST_ROWS(all_mistakes_are_told_with_their_place, check, struct row,
	{ { "--foo", "--json", "-q", "x", "--json=1" },
	  "! 5 ! 'x ! ",
	  { { NULL, "--foo" }, { NULL, "-q" }, { NULL, "no argument" } } })

/* Parses one word, with an argument behind it, against a table. */
static int one(const struct option_info *t, size_t n, const char *word)
{
	char *argv[] = { (char *)"x", (char *)word, (char *)"argument", NULL };
	struct diagnostics d = DIAGNOSTICS_INIT;
	const char *value;
	struct options o;
	int id;

	options_init(&o, 3, argv, t, n, &d);
	id = options_next(&o, &value);
	assert_int_equal(d.errors, id == OPTIONS_ERROR);
	diagnostics_done(&d);
	return id;
}

static void check_beginnings(const struct option_info *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(t[i].name);
		char word[64];

		snprintf(word, sizeof(word), "--%s", t[i].name);
		assert_int_equal(one(t, n, word), t[i].id);
		snprintf(word, sizeof(word), "--%sx", t[i].name);
		assert_int_equal(one(t, n, word), OPTIONS_ERROR);
		for (size_t k = 1; k < len; k++) {
			bool another = false;

			snprintf(word, sizeof(word), "--%.*s", (int)k, t[i].name);
			for (size_t j = 0; j < n; j++)
				another |= strcmp(t[j].name, word + 2) == 0;
			if (another)
				continue;
			if (one(t, n, word) != OPTIONS_ERROR)
				fail_msg("%s is taken", word);
			snprintf(word, sizeof(word), "--%.*s=v", (int)k, t[i].name);
			if (one(t, n, word) != OPTIONS_ERROR)
				fail_msg("%s is taken", word);
		}
	}
}

TEST(no_beginning_of_a_name_is_a_name)
{
	check_beginnings(table, ARRAY_SIZE(table));
}

TEST(no_beginning_of_a_setting_is_a_setting)
{
	struct option_info rows[_BPFLOCK_SETTING_MAX];

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		rows[s] = (struct option_info){ settings[s].name, 0, settings[s].argument,
						settings[s].description, s + 1 };
	check_beginnings(rows, ARRAY_SIZE(rows));
}

TEST(an_empty_argv_is_no_option)
{
	char *argv[] = { NULL };
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const char *value;
	struct options o;

	options_init(&o, 0, argv, table, ARRAY_SIZE(table), &d);
	assert_int_equal(options_next(&o, &value), OPTIONS_END);
	assert_int_equal(options_next(&o, &value), OPTIONS_END);
}

TEST(rows_are_found_by_their_id)
{
	for (size_t i = 0; i < ARRAY_SIZE(table) && !table[i].now; i++)
		assert_ptr_equal(options_row(table, ARRAY_SIZE(table), table[i].id), &table[i]);
	assert_null(options_row(table, ARRAY_SIZE(table), 99));
	assert_null(options_row(table, ARRAY_SIZE(table), OPTIONS_END));
}

static bool take_lists(void *taken, int id, const char *value, struct diagnostics *d)
{
	if (id == BLOCK || id == OPTIONS_OPERAND)
		strcat(strcat(taken, value), " ");
	return id == BLOCK || id == OPTIONS_OPERAND;
}

TEST(what_does_not_add_up_is_given_once)
{
	const char *argv[] = { "x",  "-b",	 "kexec", "here",   "--config", "a",
			 "-n", "--block", "msr",   "--json", "-n",	 "--config=b" };
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const char *given[OUTPUT + 1] = {};
	char taken[64] = "";
	struct options o;

	options_init(&o, ARRAY_SIZE(argv), (char **)argv, table, ARRAY_SIZE(table), &d);
	options_collect(&o, given, take_lists, taken);
	assert_string_equal(taken, "kexec here msr ");
	assert_string_equal(given[JSON], "");
	assert_null(given[BLOCK]);
	assert_null(given[OUTPUT]);
	expect_diagnostics("twice", &d,
			   (struct expected[]){ { NULL, "option \"--dry-run\" is given twice" },
						{ NULL, "option \"--config\" is given twice" },
						{} });
}

TEST(help_shows_each_row_on_a_line)
{
	CLEANUP(free_charp) char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	options_print(f, table, 2);
	assert_int_equal(fclose(f), 0);
	assert_string_equal(text, "      --config FILE          read this file\n"
				  "  -b, --block LIST           deny these\n");
}
