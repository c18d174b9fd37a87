// SPDX-License-Identifier: GPL-2.0-only
#include "question.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "interrupt.h"

/* For poll(2), which takes at most an int of them. */
static int wait_ms(uint64_t until, uint64_t now)
{
	uint64_t ms = (until - now) / NS_PER_MS + 1;

	return !until ? -1 : ms < INT_MAX ? (int)ms : INT_MAX;
}

char question_ask(const char *question, uint64_t until)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	char line[64];
	ssize_t n;

	fflush(stdout);
	fprintf(stderr, "%s ", question);
	for (uint64_t now = clock_boottime(); !until || now < until; now = clock_boottime()) {
		int r = interrupt_caught ? -1 : poll(&input, 1, wait_ms(until, now));

		if (r == 0)
			continue;
		n = r > 0 ? read(STDIN_FILENO, line, sizeof(line)) : -1;
		if (n <= 0)
			fputc('\n', stderr);
		return n > 0 ? line[0] : '\0';
	}
	fputc('\n', stderr);
	return '\0';
}

bool question_is_yes(char answer)
{
	return answer == 'y' || answer == 'Y';
}
