// SPDX-License-Identifier: GPL-2.0-only
#include "editor.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "capabilities.h"
#include "util.h"

#define DIRECTORIES "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Takes one word out of *next, which is not blank, and closes it up. Returns false if a quote stays
 * open. */
static bool take_word(char **next, char **ret_word)
{
	char *from = *next, *to = from, quote = '\0';

	*ret_word = to;
	for (; *from && (quote || !strchr(" \t\n", *from)); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'')
			quote = quote ? '\0' : *from;
		else if (*from == '\\' && from[1] && quote != '\'')
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*next = *from ? from + 1 : from;
	*to = '\0';
	return !quote;
}

int editor_split(char *command, char *words[], size_t max)
{
	size_t n = 0;

	for (;;) {
		command += strspn(command, " \t\n");
		if (!*command)
			break;
		if (n == max - 1 || !take_word(&command, &words[n++]))
			return -EINVAL;
	}
	words[n] = NULL;
	return n;
}

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

int editor_find(const char *name, const char *directories, char *ret_path, size_t size)
{
	if (strchr(name, '/')) {
		snprintf(ret_path, size, "%s", name);
		return name[0] != '/' ? -EINVAL : is_program(name) ? 0 : -ENOENT;
	}
	while (*directories) {
		int len = strcspn(directories, ":");

		snprintf(ret_path, size, "%.*s/%s", len, directories, name);
		if (directories[0] == '/' && is_program(ret_path))
			return 0;
		directories += len;
		directories += *directories == ':';
	}
	return -ENOENT;
}

/* The command as it is set, or NULL; an empty one counts as not set. */
static const char *command_set(void)
{
	const char *const set[] = { secure_getenv("SUDO_EDITOR"), secure_getenv("VISUAL"),
				    secure_getenv("EDITOR") };

	for (size_t i = 0; i < ARRAY_SIZE(set); i++)
		if (set[i] && set[i][strspn(set[i], " \t\n")])
			return set[i];
	return NULL;
}

/* Finds the program of words[0], or of the first default there is, which becomes words[0]. */
static int find_program(char *words[], int n, char *ret_path, size_t size)
{
	static const char *const defaults[] = { "editor", "vi" };
	const char *directories = secure_getenv("PATH") ?: DIRECTORIES;

	if (n > 0)
		return editor_find(words[0], directories, ret_path, size);
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		words[0] = (char *)defaults[i];
		words[1] = NULL;
		if (editor_find(words[0], directories, ret_path, size) == 0)
			return 0;
	}
	return -ENOENT;
}

/* An editor reads commands from the home directory, so it must be that of who runs it. */
static void leave_others_home(void)
{
	const char *home = secure_getenv("HOME");
	struct stat st;

	if (home && (stat(home, &st) < 0 || st.st_uid != geteuid() || (st.st_mode & S_IWOTH)))
		setenv("HOME", geteuid() == 0 ? "/root" : "/", 1);
}

static _Noreturn void be_editor(const char *program, char *const *words)
{
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	leave_others_home();
	if (capabilities_limit(CAPABILITIES_FILES) == 0)
		execv(program, words);
	fprintf(stderr, "bpflock-ctl: %s: cannot execute it: %s\n", program, strerror(errno));
	_exit(127);
}

static void wake(int signal)
{
}

/*
 * Returns the exit status of the process, and has it end if we are to. Signals, SIGCHLD too, are
 * blocked but in sigsuspend(), so that one that comes between the look and the wait ends the wait.
 */
static int wait_for(pid_t pid, const volatile sig_atomic_t *interrupted, const sigset_t *mask)
{
	sigset_t waiting = *mask;
	bool told = false;
	pid_t ended;
	int status;

	sigdelset(&waiting, SIGCHLD);
	while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
		if (*interrupted && !told)
			told = kill(pid, SIGTERM) == 0;
		sigsuspend(&waiting);
	}
	if (ended < 0)
		return -errno;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/*
 * The editor gets the keyboard's signals alone: it knows which of them end it. One for it that
 * comes before it runs waits until it has no handler of ours.
 */
static int start(const char *program, char *const *words, const volatile sig_atomic_t *interrupted)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, end = { .sa_handler = wake };
	struct sigaction interrupt, quit, child;
	sigset_t all, before;
	pid_t pid;
	int r;

	fflush(NULL);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	sigaction(SIGCHLD, &end, &child);
	pid = fork();
	if (pid == 0)
		be_editor(program, words);
	r = pid < 0 ? -errno : wait_for(pid, interrupted, &before);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	sigaction(SIGCHLD, &child, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int editor_run(const char *path, const volatile sig_atomic_t *interrupted,
	       char ret_name[EDITOR_NAME_LEN])
{
	const char *set = command_set();
	CLEANUP(free_charp) char *command = strdup(set ?: "");
	char *words[EDITOR_WORDS_MAX + 2], program[PATH_MAX];
	int n, r;

	if (!command)
		return -ENOMEM;
	n = editor_split(command, words, EDITOR_WORDS_MAX);
	snprintf(ret_name, EDITOR_NAME_LEN, "%s", n > 0 ? words[0] : set ?: "vi");
	if (n < 0)
		return n;
	r = find_program(words, n, program, sizeof(program));
	if (r < 0)
		return r;
	snprintf(ret_name, EDITOR_NAME_LEN, "%s", words[0]);
	n = n ?: 1;
	words[n] = (char *)path;
	words[n + 1] = NULL;
	return start(program, words, interrupted);
}
