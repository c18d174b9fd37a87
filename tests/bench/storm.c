// SPDX-License-Identifier: GPL-2.0-only
#include "storm.h"

#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

void storm_prepare(void)
{
	/* without its arguments that one does nothing else */
	run("cp \"$(command -v flood)\" " STORM, NULL);
}

static void wait_for(pid_t pid)
{
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("storm");
}

void storm_fork(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		wait_for(pid);
	}
}

static pid_t execute(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(STORM, "storm", (char *)NULL);
		_exit(127);
	}
	return pid;
}

void storm_exec(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		wait_for(execute());
}
