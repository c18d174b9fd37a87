// SPDX-License-Identifier: GPL-2.0-only
/*
 * pty [TEXT ANSWER]... -- COMMAND...: runs it at a terminal and prints what that shows. When TEXT has
 * been printed, ANSWER is typed, with a newline behind it; then the next TEXT is waited for. An ANSWER
 * hangup closes the terminal, ^C is that key. Exit status of the command, 128 and more for a signal,
 * 125 if not all was asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char shown[65536];
static size_t n, from; /* what comes next is searched from there */

/* Forgets what has been searched, when there is no room; a text may have begun at its end. */
static void make_room(void)
{
	size_t keep = n - from < 4096 ? n - from : 4096;

	if (n < sizeof(shown) / 2)
		return;
	memmove(shown, shown + n - keep, keep);
	n = keep;
	from = 0;
}

static void answer(int *terminal, const char *text)
{
	if (strcmp(text, "hangup") == 0) {
		close(*terminal);
		*terminal = -1;
		return;
	}
	if (strcmp(text, "^C") == 0)
		dprintf(*terminal, "\003");
	else
		dprintf(*terminal, "%s\n", text);
}

int main(int argc, char **argv)
{
	int terminal, status, next = 1, command = 1;
	ssize_t r;
	pid_t pid;

	while (command < argc && strcmp(argv[command], "--") != 0)
		command += 2;
	if (command + 1 >= argc)
		return 125;
	pid = forkpty(&terminal, NULL, NULL, NULL);
	if (pid == 0) {
		execvp(argv[command + 1], argv + command + 1);
		_exit(127);
	}
	while (terminal >= 0 && (r = read(terminal, shown + n, sizeof(shown) - 1 - n)) > 0) {
		char *found;

		fwrite(shown + n, 1, r, stdout);
		fflush(stdout);
		n += r;
		shown[n] = '\0';
		found = next < command ? strstr(shown + from, argv[next]) : NULL;
		if (found) {
			from = found - shown + strlen(argv[next]);
			answer(&terminal, argv[next + 1]);
			next += 2;
		}
		make_room();
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (next < command)
		return 125;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
