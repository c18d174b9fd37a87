// SPDX-License-Identifier: GPL-2.0-only
/* A command line of any words, NUL-separated: whatever is taken as an option is spelt as one. */

#include "options.h"
#include "util.h"
#include "fuzz.h"

#define WORDS_MAX 32

static const struct option_info table[] = {
	{ "block", 'b', "LIST", "deny these", 1 },
	{ "blocks", 0, NULL, "begins like another one", 2 },
	{ "dry-run", 'n', NULL, "change nothing", 3 },
	{ "output", 'o', "FORMAT", "how to print", 4 },
};

static void check_option(const struct option_info *row, const char *word, const char *value)
{
	size_t len = strlen(row->name);

	CHECK((row->argument != NULL) == (value != NULL));
	if (word[1] == '-') {
		CHECK(strncmp(word + 2, row->name, len) == 0);
		CHECK(word[2 + len] == '\0' || (word[2 + len] == '=' && value == word + 3 + len));
	} else {
		CHECK(word[1] == row->letter && word[2] == '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	char *argv[WORDS_MAX + 2] = { (char *)"bpflock" };
	CLEANUP(free_charp) char *text = fuzz_text(data, size);
	const char *value;
	struct options o;
	int argc = 1, id;

	argc = fuzz_words(text, size, argv, argc, WORDS_MAX + 1);
	options_init(&o, argc, argv, table, ARRAY_SIZE(table), &d);
	for (;;) {
		size_t errors = d.errors;
		int at = o.next;

		id = options_next(&o, &value);
		CHECK(d.errors == errors + (id == OPTIONS_ERROR));
		if (id == OPTIONS_END)
			break;
		CHECK(o.next > at && o.next <= argc);
		if (id > 0)
			check_option(options_row(table, ARRAY_SIZE(table), id), argv[at], value);
	}
	CHECK(o.next == argc);
	diagnostics_done(&d);
	return 0;
}
