/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flood N PROCESSES [fork|allowed|denied [interrupting]]: N times each, iopl(3) and back, which is
 * a decision each time: by the same processes, or with fork by a new one for each. With allowed or
 * denied the exit status is 1 if any was not. Interrupting: in real time and with pauses, so that
 * each interrupts whatever else runs, at any point of it.
 */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <unistd.h>

static bool ask(void)
{
	bool allowed = iopl(3) == 0;

	iopl(0);
	return allowed;
}

static bool is_allowed(void)
{
	return ask();
}

static bool is_denied(void)
{
	return !ask() && errno == EPERM;
}

static bool ask_anyhow(void)
{
	ask();
	return true;
}

static bool ask_in_a_child(void)
{
	if (fork() == 0) {
		ask();
		_exit(0);
	}
	wait(NULL);
	return true;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*once)(void);
	} ways[] = {
		{ "", ask_anyhow },
		{ "fork", ask_in_a_child },
		{ "allowed", is_allowed },
		{ "denied", is_denied },
	};
	const char *name = argc > 3 ? argv[3] : "";
	bool (*once)(void) = NULL;
	bool interrupting = argc > 4 && strcmp(argv[4], "interrupting") == 0;
	int status, failed = 0;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(name, ways[i].name) == 0)
			once = ways[i].once;
	if (argc < 3 || !once ||
	    (interrupting && sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ 1 }) < 0))
		return 2;
	for (long process = atol(argv[2]); process > 0; process--) {
		if (fork() == 0) {
			bool right = true;

			for (long i = atol(argv[1]); i > 0; i--) {
				right &= once();
				if (interrupting)
					usleep(50);
			}
			_exit(!right);
		}
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}
