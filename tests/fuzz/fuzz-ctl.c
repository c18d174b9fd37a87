// SPDX-License-Identifier: GPL-2.0-only
/*
 * A command line of bpflock-ctl of any words, NUL-separated: refused, or a verb of the table with
 * operands and options that it takes, each of them spelt out.
 */
#include "fuzz.h"

int ctl_main(int argc, char **argv);
#define main ctl_main
#include "policy/ctl/main.c"
#undef main

#define WORDS_MAX (MANY + 8)

static bool is_word(char *const *argv, int argc, const char *s)
{
	for (int i = 1; i < argc; i++)
		if (argv[i] == s)
			return true;
	return false;
}

/* Says whether the value of an option is there, by the whole name of a row or by its letter. */
static bool is_row_spelt(char *const *argv, int argc, const struct option_info *row, const char *value)
{
	size_t n = strlen(row->name);

	for (int i = 1; i < argc; i++) {
		bool letter = row->letter && argv[i][0] == '-' && argv[i][1] && argv[i][2] == '\0' &&
			      (argv[i][1] == row->letter || (argv[i][1] == '?' && row->letter == 'h'));
		bool name =
			strncmp(argv[i], "--", 2) == 0 && strncmp(argv[i] + 2, row->name, n) == 0;

		if (!row->argument || (row->optional && !value[0])) {
			if (letter || (name && argv[i][2 + n] == '\0'))
				return true;
		} else if (letter || (name && argv[i][2 + n] == '\0')) {
			if (i + 1 < argc && argv[i + 1] == value)
				return true;
		} else if (name && argv[i][2 + n] == '=' && argv[i] + 3 + n == value) {
			return true;
		}
	}
	return false;
}

/* By one of its names. "help" is --help. */
static bool is_spelt(char *const *argv, int argc, size_t id, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].id == (int)id && is_row_spelt(argv, argc, &options[i], value))
			return true;
	for (int i = 1; i < argc; i++)
		if (id == CTL_HELP && strcmp(argv[i], "help") == 0)
			return true;
	return false;
}

static void check_command(const struct ctl_command *c, const struct verb *v, char *const *argv,
			  int argc)
{
	int first = c->n_words - c->ctl.n;

	CHECK(c->ctl.n >= v->min && c->ctl.n <= v->max);
	CHECK(c->ctl.verb == v->name && v->run);
	CHECK(first == 1 || first == 2);
	CHECK(strncmp(v->name, c->words[0], strlen(c->words[0])) == 0);
	for (int i = 0; i < c->ctl.n; i++)
		CHECK(is_word(argv, argc, c->ctl.operands[i]));
	for (size_t id = 1; id < _CTL_OPTION_MAX; id++) {
		CHECK(options_row(options, ARRAY_SIZE(options), id));
		if (!c->ctl.options[id])
			continue;
		CHECK((v->accepts | ANY) & BIT(id));
		CHECK(is_spelt(argv, argc, id, c->ctl.options[id]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	char *argv[WORDS_MAX + 2] = { (char *)CTL_PROGRAM };
	CLEANUP(free_charp) char *text = fuzz_text(data, size);
	const struct verb *v = NULL;
	struct ctl_command c = {};
	int argc = 1;

	argc = fuzz_words(text, size, argv, argc, WORDS_MAX + 1);
	ctl_command_parse(&table, argc, argv, &c, &d);
	if (!d.errors)
		v = ctl_command_verb(&table, &c, &d);
	CHECK(v || d.errors);
	if (!d.errors)
		check_command(&c, v, argv, argc);
	for (size_t i = 0; i < d.n; i++)
		fuzz_check_message(d.items[i].text);
	diagnostics_done(&d);
	return 0;
}
