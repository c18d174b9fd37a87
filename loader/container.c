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
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config-files.h"
#include "container-mounts.h"
#include "drainer.h"
#include "exit-status.h"
#include "message.h"
#include "pins.h"
#include "util.h"

#define PROGRAM "bpflock-container"
#define LOADER	"bpflock"
#define READER	"bpflock-log"

/* The statuses that shells and container runtimes use. */
#define STATUS_NOT_EXECUTABLE 126
#define STATUS_NO_PROGRAM     127
#define STATUS_SIGNAL	      128

/* Lines of the original project, unless an option chooses others. */
#define FORMAT "classic"

/* By which a container is asked to end. */
static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };

static int cannot_run(const char *program, int error)
{
	message_error("\"%s\": cannot run: %s", program, strerror(error));
	if (error != ENOENT)
		return STATUS_NOT_EXECUTABLE;
	message_hint("see the words that --help lists");
	return STATUS_NO_PROGRAM;
}

/* Replaces this process. args: the whole command line, ended by NULL. Returns if that fails. */
static int become(char *const args[])
{
	execvp(args[0], args);
	return cannot_run(args[0], errno);
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
	if (ended < 0) {
		message_cannot(LOADER, "wait", -errno);
		return STATUS_FAILED;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_SIGNAL + WTERMSIG(status);
}

/* Fields choose a format, too. */
static bool chooses_format(const char *option)
{
	static const char *const options[] = { "--output", "--fields" };

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		size_t n = strlen(options[i]);

		if (strncmp(option, options[i], n) == 0 && (option[n] == '=' || !option[n]))
			return true;
	}
	return strcmp(option, "-o") == 0;
}

/* Becomes the reader. verb: of the reader; args: a word of ours and options of the reader. */
static int become_reader(const char *verb, char **args)
{
	/* not literals of the block that they are used in, which would end before the line is used */
	static char reader[] = READER, output[] = "--output", format[] = FORMAT;
	size_t n = 0, len = 0;
	bool chosen = false;
	char **line;

	for (; args[1 + n]; n++)
		chosen = chosen || chooses_format(args[1 + n]);
	line = calloc(n + 5, sizeof(*line));
	if (!line)
		return cannot_run(READER, ENOMEM);
	line[len++] = reader;
	line[len++] = (char *)verb;
	if (!chosen) {
		line[len++] = output;
		line[len++] = format;
	}
	memcpy(line + len, args + 1, n * sizeof(*line));
	n = become(line);
	free(line);
	return n;
}

static int run_load(char **args)
{
	container_mounts_warn(CONFIG_FILES_LOCAL);
	args[0] = (char[]){ LOADER };
	return become(args);
}

static int run_follow(char **args)
{
	return become_reader("follow", args);
}

/* Before anything is changed: beside another reader this one could print nothing of what it has
 * loaded. */
static int check_drainer(void)
{
	char who[DRAINER_TEXT_LEN];
	struct drainer d;

	if (!drainer_find(pins_bpffs(NULL), &d))
		return STATUS_OK;
	drainer_describe(&d, who);
	message_error("the log: cannot drain: %s drains it already" MESSAGE_UNCHANGED, who);
	message_hint(
		"write \"follow\" behind the name of the image to print the log too, or \"load\" to load only");
	return STATUS_BUSY;
}

static int run_stream(char **args)
{
	sigset_t held, old;
	bool asked;
	pid_t pid;
	int r = check_drainer();

	if (r != STATUS_OK)
		return r;
	container_mounts_warn(CONFIG_FILES_LOCAL);
	hold_signals(&held, &old);
	r = start_loader(&old, &pid);
	if (r)
		return cannot_run(LOADER, r);
	r = attend(pid, &held, &asked);
	if (r != STATUS_OK || asked)
		return r;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return become_reader("drain", args);
}

static int run_wait(char **args)
{
	sigset_t held, old;
	int number;

	if (args[1]) {
		message_error("wait: unexpected word \"%s\"", args[1]);
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
	{ "follow", " [OPTION...]", "print the log beside another reader: bpflock-log follow",
	  run_follow },
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
	message_error(
		"unexpected option \"%s\": write load, stream, follow or a program before it, see --help",
		option);
	return STATUS_USAGE;
}

int main(int argc, char **argv)
{
	char *none[] = { (char *)modes[0].name, NULL };
	char **args = argc > 1 ? argv + 1 : none;

	message_program(PROGRAM);
	if (args[0][0] == '-')
		return run_option(args[0]);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (strcmp(args[0], modes[i].name) == 0)
			return modes[i].run(args);
	return become(args);
}
