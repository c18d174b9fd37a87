// SPDX-License-Identifier: GPL-2.0-only
/* Which policy the words of bpflock-ctl's command line mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "config-files.h"
#include "ctl-source.h"

#define POLICY "[kimglock]\nprofile = restricted\n"

/* What standard input has to say from now on. */
static void put_stdin(const char *text)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	fputs(text, f);
	rewind(f);
	assert_true(dup2(fileno(f), STDIN_FILENO) == STDIN_FILENO);
	fclose(f);
	clearerr(stdin);
	rewind(stdin);
}

struct row {
	const char *operand, *option;
	bool right;
	const char *file, *text; /* expected */
};

static void a_source_is_said_in_one_way(void **state)
{
	static const struct row rows[] = {
		{ NULL, NULL, true, NULL, NULL },
		{ "/a.conf", NULL, true, "/a.conf", NULL },
		{ "-", NULL, true, NULL, POLICY },
		{ NULL, "", true, NULL, POLICY },
		{ "/a.conf", "", false, NULL, NULL },
		{ "-", "", false, NULL, NULL },
		/* files of such names */
		{ "--", NULL, true, "--", NULL },
		{ "./-", NULL, true, "./-", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *operands[] = { (char *)rows[i].operand };
		struct ctl c = { .verb = "VERB",
				 .operands = operands,
				 .n = rows[i].operand != NULL };
		struct diagnostics d = DIAGNOSTICS_INIT;
		struct ctl_source s;

		c.options[CTL_STDIN] = rows[i].option;
		put_stdin(POLICY);
		assert_int_equal(ctl_source(&c, &s, &d), rows[i].right);
		assert_int_equal(d.errors, !rows[i].right);
		if (d.n)
			assert_string_equal(d.items[0].text,
					    "VERB: a file and --stdin exclude each other");
		assert_true(s.file == rows[i].file || strcmp(s.file, rows[i].file) == 0);
		assert_int_equal(s.text != NULL, rows[i].text != NULL);
		if (s.text) {
			assert_int_equal(s.len, strlen(rows[i].text));
			assert_memory_equal(s.text, rows[i].text, s.len);
		}
		ctl_source_done(&s);
		diagnostics_done(&d);
	}
}

static void standard_input_can_be_assigned_as_often_as_need_be(void **state)
{
	struct ctl c = { .verb = "VERB" };
	struct diagnostics d = DIAGNOSTICS_INIT;
	struct ctl_source s;

	c.options[CTL_STDIN] = "";
	put_stdin(POLICY);
	assert_true(ctl_source(&c, &s, &d));
	for (int i = 0; i < 2; i++) {
		static const struct bpflock_operation none[BPFLOCK_REASONS];
		struct config_files files;
		struct policy p;

		policy_init(&p);
		ctl_source_read(&s, none, CONFIG_TRUST_ROOT, &p, &files, &d);
		assert_int_equal(files.n, 0);
		assert_int_equal(p.host.rules.profile, BPFLOCK_PROFILE_RESTRICTED);
		assert_string_equal(p.host.sources[BPFLOCK_SETTING_PROFILE], "stdin:2");
		policy_done(&p);
	}
	assert_int_equal(d.n, 0);
	ctl_source_done(&s);
}

static void what_is_too_large_is_refused(void **state)
{
	struct ctl c = { .verb = "VERB" };
	struct diagnostics d = DIAGNOSTICS_INIT;
	char *text = malloc(PARSER_TEXT_MAX + 2);
	struct ctl_source s;

	memset(text, '#', PARSER_TEXT_MAX + 1);
	text[PARSER_TEXT_MAX + 1] = '\0';
	c.options[CTL_STDIN] = "";
	put_stdin(text);
	free(text);
	assert_false(ctl_source(&c, &s, &d));
	assert_null(s.text);
	assert_int_equal(d.errors, 1);
	assert_non_null(strstr(d.items[0].text, "stdin: cannot read it: "));
	ctl_source_done(&s);
	diagnostics_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_is_said_in_one_way),
		cmocka_unit_test(standard_input_can_be_assigned_as_often_as_need_be),
		cmocka_unit_test(what_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
