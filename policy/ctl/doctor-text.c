// SPDX-License-Identifier: GPL-2.0-only
#include "doctor-text.h"

#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "terminal.h"
#include "util.h"

#define STATE_WIDTH   6
#define NAME_WIDTH    14
#define DETAIL_COLUMN (STATE_WIDTH + 1 + NAME_WIDTH + 1)

static const struct {
	const char *word;
	enum terminal_style style;
} states[_CHECK_MAX] = {
	[CHECK_OK] = { "ok", TERMINAL_PLAIN },
	[CHECK_NOTE] = { "note", TERMINAL_YELLOW },
	[CHECK_SKIPPED] = { "-", TERMINAL_PLAIN },
	[CHECK_FAILED] = { "FAILED", TERMINAL_RED },
};

static void print_verdict(bool can, const struct check_result *state)
{
	enum terminal_style style = !can			   ? TERMINAL_RED
				    : state->state == CHECK_FAILED ? TERMINAL_YELLOW
								   : TERMINAL_GREEN;

	terminal_print(stdout, style, terminal_bullet());
	putchar(' ');
	if (!can)
		terminal_print(stdout, style, "This machine cannot enforce as it is.");
	else if (state->state == CHECK_FAILED)
		printf("This machine can enforce, but its state is %.*s.",
		       (int)strcspn(state->detail, ":"), state->detail);
	else
		terminal_print(stdout, style, "This machine can enforce.");
	putchar('\n');
}

static void print_check(const struct check_result *check)
{
	const char *word = states[check->state].word;

	terminal_print(stdout, states[check->state].style, word);
	printf("%*s %-*s ", (int)(STATE_WIDTH - strlen(word)), "", NAME_WIDTH, check->name);
	terminal_print_last(stdout, check->detail, DETAIL_COLUMN);
	putchar('\n');
	if (!check->cure[0])
		return;
	printf("%*scure: ", DETAIL_COLUMN, "");
	terminal_print_last(stdout, check->cure, DETAIL_COLUMN + strlen("cure: "));
	putchar('\n');
}

static void print_checks(const struct check_result *checks, size_t n, enum check_state state)
{
	for (size_t i = 0; i < n; i++)
		if (checks[i].state == state)
			print_check(&checks[i]);
}

static size_t count(const struct check_result *checks, size_t n, enum check_state state)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += checks[i].state == state;
	return found;
}

void doctor_text_print(const struct check_result *checks, size_t n, bool can,
		       const struct check_result *state, bool all)
{
	size_t skipped = count(checks, n, CHECK_SKIPPED);

	print_verdict(can, state);
	for (size_t i = 0; all && i < n; i++)
		print_check(&checks[i]);
	if (all)
		return;
	print_checks(checks, n, CHECK_FAILED);
	print_checks(checks, n, CHECK_NOTE);
	printf("%zu ok", count(checks, n, CHECK_OK));
	if (skipped)
		printf(", %zu skipped", skipped);
	puts(": " CTL_PROGRAM " doctor --all");
}
