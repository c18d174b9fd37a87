// SPDX-License-Identifier: GPL-2.0-only
/* Prints the tables that no program prints in a form of its own, for `man`: KIND, NAME, what belongs to it. */
#include "operations.h"
#include "ruleset.h"
#include "exit-status.h"
#include "util.h"
#include "format.h"

static void print_settings(void)
{
	const char *word, *meaning;

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		printf("key\t%s %s\t", ruleset_setting_section(s), ruleset_setting_key(s));
		for (size_t i = 0; (word = ruleset_setting_word(s, i, &meaning)); i++)
			printf("%s%s", i ? " " : "", word);
		putchar('\n');
	}
}

static void print_operations(void)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];

	operations_assume(ops);
	for (size_t i = 0; i < operations_known_count; i++)
		printf("operation\t%s\t\n", operations_known[i].name);
	for (size_t g = 0; g < _GROUP_MAX; g++) {
		printf("group\t%s\t", operation_groups[g].name);
		for (size_t i = 0; i < operations_known_count; i++)
			if (operations_known[i].groups & 1U << g)
				printf("%s ", operations_known[i].name);
		putchar('\n');
	}
}

int main(void)
{
	print_settings();
	print_operations();
	for (int s = 0; s < _STATUS_MAX; s++)
		printf("status\t%d\t%s\n", s, exit_status_text(s));
	for (size_t i = 0; i < fields_count; i++)
		printf("field\t%s\t\n", fields[i].json);
	for (size_t i = 0; i < formats_count; i++)
		printf("format\t%s\t\n", formats[i].name);
	return 0;
}
