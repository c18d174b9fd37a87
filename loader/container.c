// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program bpflock-container is the entry point of the container image. It stands in for the
 * shell that the image does not have: loads, then becomes the reader of the log; or becomes the
 * program that was named.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exit-status.h"
#include "util.h"

#define PROGRAM "bpflock-container"
#define LOADER	"bpflock"
#define READER	"bpflock-log"

/* A program that is not found ends with the status that shells and container runtimes use. */
#define STATUS_SIGNAL 128

/* By which a container is asked to end. */
static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };

static int say_cannot(const char *attempt, const char *object, int error)
{
	fprintf(stderr, PROGRAM ": \"%s\": cannot %s: %s\n", object, attempt, strerror(error));
	return error == ENOENT ? STATUS_USAGE : STATUS_FAILED;
}

/* Replaces this process. args: the whole command line, ended by NULL. Returns if that fails. */
static int become(char *const args[])
{
	execvp(args[0], args);
	return say_cannot("run", args[0], errno);
}

/* Holds back the signals to end, and SIGCHLD, also where whoever started us ignores that. ret_old:
 * what was held back before. */
static void hold_signals(sigset_t *ret_held, sigset_t *ret_old)
{
	sigemptyset(ret_held);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(ret_held, signals[i]);
	sigaddset(ret_held, SIGCHLD);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, ret_held, ret_old);
}

/* Its standard output is ours for diagnostics: what comes there is no record. A positive errno. */
static int start_loader(const sigset_t *mask, pid_t *ret_pid)
{
	char *args[] = { (char[]){ LOADER }, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int r;

	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	r = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawnattr_setsigmask(&attributes, mask);
	if (r == 0)
		r = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	if (r == 0)
		r = posix_spawnp(ret_pid, args[0], &files, &attributes, args, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return r;
}

/* Hands signals on to pid until that has ended. Its exit status; *ret_asked: whether one came. */
static int attend(pid_t pid, const sigset_t *held, bool *ret_asked)
{
	int status;
	pid_t ended;

	*ret_asked = false;
	while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
		int number = sigwaitinfo(held, NULL);

		if (number > 0 && number != SIGCHLD) {
			*ret_asked = true;
			kill(pid, number);
		}
	}
	if (ended < 0)
		return say_cannot("wait", LOADER, errno);
	return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}

static int run_load(char **args)
{
	args[0] = (char[]){ LOADER };
	return become(args);
}

/*
 * Becomes the reader. args: "stream" and options of the reader; there is room for one word before
 * them.
 */
static int run_stream(char **args)
{
	sigset_t held, old;
	bool asked;
	pid_t pid;
	int r;

	hold_signals(&held, &old);
	r = start_loader(&old, &pid);
	if (r)
		return say_cannot("run", LOADER, r);
	r = attend(pid, &held, &asked);
	if (r != STATUS_OK || asked)
		return r;
	sigprocmask(SIG_SETMASK, &old, NULL);
	args--;
	args[0] = (char[]){ READER };
	args[1] = (char[]){ "drain" };
	return become(args);
}

static int run_wait(char **args)
{
	sigset_t held, old;
	int number;

	if (args[1]) {
		fprintf(stderr, PROGRAM ": wait: unexpected word \"%s\"\n", args[1]);
		return STATUS_USAGE;
	}
	hold_signals(&held, &old);
	do {
		number = sigwaitinfo(&held, NULL);
	} while (number < 0 || number == SIGCHLD);
	return STATUS_OK;
}

/* The first is meant where there is no word at all. */
static const struct mode {
	const char *name;
	const char *arguments;
	const char *description;
	int (*run)(char **args); /* its name and what follows */
} modes[] = {
	{ "stream", " [OPTION...]",
	  "load, then print the log: bpflock-log drain with these options", run_stream },
	{ "load", " [OPTION...]", "load and exit: bpflock with these options", run_load },
	{ "wait", "", "do nothing until a signal", run_wait },
};

static void print_help(FILE *f)
{
	fprintf(f, "Words that the image takes (default: %s):\n", modes[0].name);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		fprintf(f, "  %-6s%-13s %s\n", modes[i].name, modes[i].arguments,
			modes[i].description);
	fputs("  PROGRAM [WORD...]   run bpflock, bpflock-ctl or bpflock-log\n", f);
}

static int run_option(const char *option)
{
	if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
		print_help(stdout);
		return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
	}
	fprintf(stderr,
		PROGRAM ": unexpected option \"%s\": write load, stream or a program before it, see "
			"--help\n",
		option);
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	char *none[] = { NULL, (char *)modes[0].name, NULL };
	char **args = argc > 1 ? argv + 1 : none + 1;

	if (args[0][0] == '-')
		return run_option(args[0]);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (strcmp(args[0], modes[i].name) == 0)
			return modes[i].run(args);
	return become(args);
}
