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

/* Says whether the value of an option is there, by the whole name of it or by its letter. */
static bool is_spelt(char *const *argv, int argc, const struct option_info *row, const char *value)
{
	size_t n = strlen(row->name);

	for (int i = 1; i < argc; i++) {
		bool letter = row->letter && argv[i][0] == '-' && argv[i][1] == row->letter &&
			      argv[i][2] == '\0';
		bool name =
			strncmp(argv[i], "--", 2) == 0 && strncmp(argv[i] + 2, row->name, n) == 0;

		if (!row->argument) {
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

static void check_command(const struct command *c, const struct verb *v, char *const *argv,
			  int argc)
{
	int first = c->n_words - c->ctl.n;

	CHECK(c->ctl.n >= v->min && c->ctl.n <= v->max);
	CHECK(c->ctl.verb == v->name && v->run);
	CHECK(first == 1 || first == 2);
	CHECK(strncmp(v->name, c->words[0], strlen(c->words[0])) == 0);
	for (int i = 0; i < c->n_words; i++)
		CHECK(is_word(argv, argc, c->words[i]));
	for (size_t id = 1; id < _CTL_OPTION_MAX; id++) {
		const struct option_info *row = options_row(options, ARRAY_SIZE(options), id);

		CHECK(row && strlen(row->name) < 32);
		if (!c->ctl.options[id])
			continue;
		CHECK((v->accepts | ANY) & BIT(id));
		CHECK(is_spelt(argv, argc, row, c->ctl.options[id]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	char *argv[WORDS_MAX + 2] = { (char *)CTL_PROGRAM };
	CLEANUP(free_charp) char *text = fuzz_text(data, size);
	const struct verb *v = NULL;
	struct command c = {};
	int argc = 1;

	argc = fuzz_words(text, size, argv, argc, WORDS_MAX + 1);
	parse_command(argc, argv, &c, &d);
	if (!d.errors)
		v = find_verb(&c, &d);
	CHECK(v || d.errors);
	if (!d.errors)
		check_command(&c, v, argv, argc);
	for (size_t i = 0; i < d.n; i++)
		fuzz_check_message(d.items[i].text);
	diagnostics_done(&d);
	return 0;
}
