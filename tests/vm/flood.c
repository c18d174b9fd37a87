/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flood N PROCESSES [fork]: N times each, iopl(3) and back, which is a decision each time: by the same
 * processes, or with fork by a new one for each.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <unistd.h>

static void ask(void)
{
	iopl(3);
	iopl(0);
}

static void ask_in_a_child(void)
{
	if (fork() == 0) {
		ask();
		_exit(0);
	}
	wait(NULL);
}

int main(int argc, char **argv)
{
	void (*once)(void) = argc > 3 && strcmp(argv[3], "fork") == 0 ? ask_in_a_child : ask;

	if (argc < 3)
		return 2;
	for (long process = atol(argv[2]); process > 0; process--) {
		if (fork() == 0) {
			for (long i = atol(argv[1]); i > 0; i--)
				once();
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	return 0;
}
