// SPDX-License-Identifier: GPL-2.0-only
#include "interrupt.h"

#include <poll.h>
#include <time.h>

#include "clock.h"
#include "util.h"

volatile sig_atomic_t interrupt_caught;

static const int ends[] = { SIGHUP, SIGINT, SIGTERM };

static void note(int signal)
{
	interrupt_caught = signal;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = note };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		sigaction(ends[i], &action, NULL);
}

bool interrupt_wait(uint64_t ns)
{
	struct timespec time = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
	sigset_t all, before;

	/* one that comes between the look and the wait ends the wait */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	if (!interrupt_caught)
		ppoll(NULL, 0, &time, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !interrupt_caught;
}
