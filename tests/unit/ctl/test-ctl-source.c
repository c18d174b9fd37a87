// SPDX-License-Identifier: GPL-2.0-only
/* Words of bpflock-ctl's command line mean a policy. */
#include "test.h"
#include "config-files.h"
#include "ctl-source.h"

#define POLICY "[kimglock]\nprofile = restricted\n"

/* Standard input has this to say from now on. */
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

TEST(a_source_is_said_in_one_way)
{
	static const struct row rows[] = {
		{ NULL, NULL, true, NULL, NULL },
		{ "/a.conf", NULL, true, "/a.conf", NULL },
		{ "-", NULL, true, NULL, POLICY }, { NULL, "", true, NULL, POLICY },
		{ "/a.conf", "", false, NULL, NULL }, { "-", "", false, NULL, NULL },
		/* files of such names */
		{ "--", NULL, true, "--", NULL },
		{ "./-", NULL, true, "./-", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *operands[] = { (char *)rows[i].operand };
		struct ctl c = { .verb = "VERB",
				 .operands = operands,
				 .n = rows[i].operand != NULL };
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(ctl_source_done) struct ctl_source s;

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
	}
}

TEST(standard_input_can_be_assigned_as_often_as_need_be)
{
	struct ctl c = { .verb = "VERB" };
	struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(ctl_source_done) struct ctl_source s;

	c.options[CTL_STDIN] = "";
	put_stdin(POLICY);
	assert_true(ctl_source(&c, &s, &d));
	for (int i = 0; i < 2; i++) {
		static const struct bpflock_operation none[BPFLOCK_REASONS];
		CLEANUP(config_files_done) struct config_files files;
		CLEANUP(policy_done) struct policy p;

		policy_init(&p);
		ctl_source_read(&s, none, CONFIG_TRUST_ROOT, &p, &files, &d);
		assert_int_equal(files.n, 1);
		assert_string_equal(files.items[0].path, "stdin");
		assert_int_equal(p.host.rules.profile, BPFLOCK_PROFILE_RESTRICTED);
		assert_string_equal(p.host.sources[BPFLOCK_SETTING_PROFILE], "stdin:2");
	}
	assert_int_equal(d.n, 0);
}

TEST(what_is_too_large_is_refused)
{
	struct ctl c = { .verb = "VERB" };
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	char *text = malloc(PARSER_TEXT_MAX + 2);
	CLEANUP(ctl_source_done) struct ctl_source s;

	memset(text, '#', PARSER_TEXT_MAX + 1);
	text[PARSER_TEXT_MAX + 1] = '\0';
	c.options[CTL_STDIN] = "";
	put_stdin(text);
	free(text);
	assert_false(ctl_source(&c, &s, &d));
	assert_null(s.text);
	assert_int_equal(d.errors, 1);
	assert_non_null(strstr(d.items[0].text, "stdin: cannot read: "));
}
