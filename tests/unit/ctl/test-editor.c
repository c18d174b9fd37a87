// SPDX-License-Identifier: GPL-2.0-only
/* The editor is found and started without a shell, and with what its owner may do. */
#include <signal.h>
#include <sys/stat.h>

#include "test.h"
#include "editor.h"

struct split_row {
	const char *command;
	int n; /* expected */
	const char *words[4];
};

static void check_split(const struct split_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char command[64], *words[5];

		snprintf(command, sizeof(command), "%s", rows[i].command);
		assert_int_equal(editor_split(command, words, ARRAY_SIZE(words)), rows[i].n);
		for (int k = 0; k < rows[i].n; k++)
			assert_string_equal(words[k], rows[i].words[k]);
		if (rows[i].n >= 0)
			assert_null(words[rows[i].n]);
	}
}

TEST_ROWS(a_command_is_split_at_blanks, check_split, struct split_row, { "vi", 1, { "vi" } },
	  { " vim  -u\tNONE ", 3, { "vim", "-u", "NONE" } },
	  { "'my editor' -x", 2, { "my editor", "-x" } }, { "a\"b c\"d", 1, { "ab cd" } },
	  { "a\\ b", 1, { "a b" } }, { "\"a\\\"b\"", 1, { "a\"b" } }, { "'a\\b'", 1, { "a\\b" } },
	  /* what a shell would make of it does not matter */
	  { "vi;reboot $(x) `y`", 3, { "vi;reboot", "$(x)", "`y`" } }, { "''", 1, { "" } },
	  { "", 0, {} }, { " \t", 0, {} }, { "'open", -EINVAL, {} }, { "a b c d e", -EINVAL, {} })

static char *below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", test_directory, name);
	return path;
}

TEST_IN_DIRECTORY(a_program_is_found_in_absolute_directories_alone)
{
	char directories[256], found[256];

	test_shell(
		"mkdir bin dir && touch bin/plain && cp /bin/true bin/ed && cp /bin/true ed && mkdir bin/folder");
	snprintf(directories, sizeof(directories), "::.:bin:%s:/nowhere", below("bin"));
	assert_int_equal(chdir(test_directory), 0);
	assert_int_equal(editor_find("ed", directories, found, sizeof(found)), 0);
	assert_string_equal(found, below("bin/ed"));
	assert_int_equal(editor_find("plain", directories, found, sizeof(found)), -ENOENT);
	assert_int_equal(editor_find("folder", directories, found, sizeof(found)), -ENOENT);
	assert_int_equal(editor_find("ed", ".:bin", found, sizeof(found)), -ENOENT);
	assert_int_equal(editor_find("./ed", directories, found, sizeof(found)), -EINVAL);
	assert_int_equal(editor_find(below("ed"), "", found, sizeof(found)), 0);
	assert_int_equal(editor_find(below("none"), directories, found, sizeof(found)), -ENOENT);
	assert_int_equal(chdir("/"), 0);
}

static volatile sig_atomic_t caught;

/* A signal that came before the editor was started ends the editor as one that comes later does. */
TEST(a_signal_ends_an_editor_that_has_just_begun)
{
	char name[EDITOR_NAME_LEN];

	/*
	 * valgrind delivers signals in its own way: 3.19 was seen to wait for ever here on a busy
	 * machine, and 450 runs without it were not. Those are what the kernel does.
	 */
	if (strstr(getenv("LD_PRELOAD") ?: "", "vgpreload"))
		return;
	unsetenv("SUDO_EDITOR");
	unsetenv("VISUAL");
	setenv("EDITOR", "/bin/sleep", 1);
	caught = SIGTERM;
	alarm(100); /* or it waits for the editor */
	assert_int_equal(editor_run("60", &caught, name), 128 + SIGTERM);
	alarm(0);
	assert_string_equal(name, "/bin/sleep");
	caught = 0;
	assert_int_equal(editor_run("0", &caught, name), 0);
}
