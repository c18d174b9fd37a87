// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints events as `bpflock-log -o short` does where standard output goes to: ordinary ones, and ones with
 * hostile names.
 */
#include <stdio.h>

#include "operations.h"
#include "terminal.h"
#include "util.h"
#include "format.h"

#define HOSTILE "\033]0;owned\007"

static const struct event events[] = {
	{ .kind = EVENT_LOCKED_DOWN, .reason = 2, .verdict = BPFLOCK_VERDICT_DENY, .count = 1,
	  .profile = BPFLOCK_PROFILE_RESTRICTED, .why = BPFLOCK_WHY_PROFILE,
	  .exe = "/usr/bin/head", .head = { .comm = "head", .tgid = 144, .uid = 0 } },
	{ .kind = EVENT_LOCKED_DOWN, .reason = 1, .verdict = BPFLOCK_VERDICT_AUDIT, .count = 12,
	  .profile = BPFLOCK_PROFILE_BASELINE, .why = BPFLOCK_WHY_PROFILE,
	  .head = { .comm = "modprobe", .tgid = 99999, .uid = 1000 } },
	{ .kind = EVENT_LOCKED_DOWN, .reason = 4, .verdict = BPFLOCK_VERDICT_ALLOW, .count = 1,
	  .why = BPFLOCK_WHY_LEVEL, .head = { .comm = "gr\303\274\303\237e", .tgid = 7, .uid = 1000 } },
	{ .kind = EVENT_EXECVE, .count = 1, .filename = "/usr/bin/head", .filename_len = 13,
	  .head = { .comm = "bash", .tgid = 321, .uid = 0 } },
	{ .kind = EVENT_EXECVE, .count = 1, .filename = HOSTILE, .filename_len = sizeof(HOSTILE) - 1,
	  .head = { .comm = HOSTILE, .tgid = 1, .uid = 0, .retval = -2 } },
	{ .kind = EVENT_LOST, .count = 12 },
	{ .kind = EVENT_MISSED, .count = 7 },
};

int main(void)
{
	static struct out out;
	static struct wallclock wallclock;
	static struct bpflock_operation operations[BPFLOCK_REASONS];
	const struct format_context context = {
		.out = &out,
		.clock = &wallclock,
		.operations = operations,
		.color = terminal_colored(stdout),
		.columns = terminal_columns(stdout),
	};

	operations_assume(operations);
	wallclock_init(&wallclock, true);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		out.len = 0;
		format_short(&context, &events[i]);
		fwrite(out.data, 1, out.len, stdout);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
