// SPDX-License-Identifier: GPL-2.0-only
/* A table fits the width by its columns of paths and words, and is whole where there is no width. */
#include "test.h"
#include "table.h"
#include "terminal.h"

static const struct table_column columns[] = {
	{ "ID", TABLE_NUMBER },
	{ "STATE", TABLE_TEXT },
	{ "CGROUP", TABLE_PATH },
	{ "OPERATIONS", TABLE_WORDS },
};

#define CGROUP "/system.slice/a-service-of-a-long-name.service"
#define WORDS  "unsigned_module, dev_mem, efi_test, kexec"

static char *print(const char *width, enum terminal_color color)
{
	CLEANUP(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(t);
	assert_non_null(f);
	for (unsigned int id = 7; id < 700; id *= 80) {
		table_addf(t, "%u", id);
		table_add(t, id == 7 ? "live" : "a\nb");
		table_add(t, id == 7 ? CGROUP : "/x");
		table_add(t, id == 7 ? WORDS : "");
	}
	assert_int_equal(width ? setenv("COLUMNS", width, 1) : unsetenv("COLUMNS"), 0);
	terminal_set_color(color);
	table_print(t, f);
	terminal_set_color(TERMINAL_COLOR_AUTO);
	fclose(f);
	return text;
}

TEST(columns_fit_the_width)
{
	static const struct {
		const char *width, *shown;
	} rows[] = {
		{ NULL, " ID  STATE   CGROUP                                          OPERATIONS\n"
			"  7  live    " CGROUP "  " WORDS "\n"
			"560  a\\x0ab  /x\n" },
		{ "200", " ID  STATE   CGROUP                                          OPERATIONS\n"
			 "  7  live    " CGROUP "  " WORDS "\n"
			 "560  a\\x0ab  /x\n" },
		{ "80", " ID  STATE   CGROUP                            OPERATIONS\n"
			"  7  live    ...ervice-of-a-long-name.service  unsigned_module, dev_mem,\n"
			"                                               efi_test, kexec\n"
			"560  a\\x0ab  /x\n" },
		{ "10", " ID  STATE   CGROUP        OPERATIONS\n"
			"  7  live    ...e.service  unsigned_mod\n"
			"                           ule,\n"
			"                           dev_mem,\n"
			"                           efi_test,\n"
			"                           kexec\n"
			"560  a\\x0ab  /x\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *text = print(rows[i].width, TERMINAL_COLOR_NEVER);

		assert_string_equal(text, rows[i].shown);
	}
}

TEST(the_head_is_bold)
{
	CLEANUP(free_charp) char *text = print("80", TERMINAL_COLOR_ALWAYS);

	assert_memory_equal(text, "\033[1m ID  STATE", 13);
	assert_non_null(strstr(text, "OPERATIONS\n\033[0m  7 "));
}
