/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * churn DIRECTORY SECONDS: make the cgroups DIRECTORY/a/b, have a process born in it try iopl(3), remove
 * them, again and again. Prints what the processes were told.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "churn: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* Born there, it is at no time anywhere else: 0 allowed, 1 refused. */
static int ask_in(int cgroup)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = cgroup,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));
	int status;

	if (pid < 0)
		die("clone3");
	if (pid == 0)
		_exit(iopl(3) == 0 ? 0 : errno == EPERM ? 1 : 2);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

int main(int argc, char *argv[])
{
	unsigned long count[3] = {};
	time_t end;

	if (argc != 3 || chdir(argv[1]) < 0)
		die("usage: churn DIRECTORY SECONDS");
	signal(SIGTERM, stop);
	end = time(NULL) + atoi(argv[2]);
	while (!stopped && time(NULL) < end) {
		int fd, answer;

		if (mkdir("a", 0755) < 0 || mkdir("a/b", 0755) < 0)
			die("mkdir");
		fd = open("a/b", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			die("open");
		answer = ask_in(fd);
		count[answer > 2 ? 2 : answer]++;
		close(fd);
		if (rmdir("a/b") < 0 || rmdir("a") < 0)
			die("rmdir");
	}
	printf("allowed=%lu denied=%lu other=%lu\n", count[0], count[1], count[2]);
	return count[2] != 0;
}
