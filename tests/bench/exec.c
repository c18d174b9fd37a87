// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exec tracing costs those who execute, everybody else and the reader, and misses some in a
 * storm: so much of each, beside execsnoop of libbpf-tools and bpftrace, where the guest has them.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"
#include "measure.h"
#include "storm.h"

#define OUTPUT "/tmp/bench-exec"

struct tracer {
	const char *name;
	const char *enter; /* commands, or NULL for nothing */
	const char *trace; /* a program of one word and its arguments */
	const char *leave;
	unsigned int seconds; /* until it has loaded its programs */
	double exec[ROUNDS_MAX], getppid[ROUNDS_MAX], cpu[ROUNDS_MAX], lost[ROUNDS_MAX];
};

static pid_t start(const char *command)
{
	char line[256];
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	snprintf(line, sizeof(line), "exec %s >" OUTPUT " 2>/dev/null", command);
	execl("/bin/sh", "sh", "-c", line, (char *)NULL);
	_exit(127);
}

static double storm(void)
{
	uint64_t begin = now();

	storm_exec(effort.execs);
	return (double)(now() - begin) / effort.execs;
}

static double getppid_call(void)
{
	unsigned int n = effort.calls;
	uint64_t start = now();

	for (unsigned int i = 0; i < n; i++)
		syscall(SYS_getppid);
	return (double)(now() - start) / n;
}

static unsigned int lines_of_storm(void)
{
	CLEANUP(close_filep) FILE *f = fopen(OUTPUT, "r");
	unsigned int n = 0;
	char line[4096];

	while (f && fgets(line, sizeof(line), f))
		n += strstr(line, "bench-storm") != NULL;
	return n;
}

/* There is one CPU: what the tracer takes of it meanwhile is no part of an execution. */
static void one_round(struct tracer *t, unsigned int r)
{
	pid_t pid = 0;
	double before = 0;

	if (t->enter)
		run(t->enter, NULL);
	if (t->trace)
		pid = start(t->trace);
	sleep(t->seconds);
	t->getppid[r] = getppid_call();
	if (pid)
		before = cpu_of(pid);
	t->exec[r] = storm();
	if (pid)
		t->exec[r] -= (cpu_of(pid) - before) / effort.execs;
	sleep(2);
	if (pid) {
		t->cpu[r] = (cpu_of(pid) - before) / effort.execs;
		kill(pid, SIGINT);
		waitpid(pid, NULL, 0);
		t->lost[r] = (double)effort.execs - lines_of_storm();
	}
	if (t->leave)
		run(t->leave, NULL);
}

static void say(const struct tracer *t, const char *what, double ratio, double ns)
{
	char name[64];

	snprintf(name, sizeof(name), "exec/%s-%s", t->name, what);
	print(name, ratio, 0, ns);
}

void exec_tracing(void)
{
	static struct tracer tracers[] = {
		{ "none", NULL, NULL, NULL, 1 },
		{ "bpflock", "bpflock --exec-log all", "bpflock-log drain -o json", UNLOAD, 4 },
		{ "execsnoop", NULL, "execsnoop", NULL, 4 },
		/* compiles its program first, with LLVM */
		{ "bpftrace", NULL,
		  "bpftrace -e 'tracepoint:syscalls:sys_enter_execve"
		  " { printf(\"%d %s\\n\", pid, str(args->filename)); }'",
		  NULL, 30 },
	};
	const unsigned int rounds = effort.rounds;
	size_t n = ARRAY_SIZE(tracers);
	double exec, getppid;

	storm_prepare();
	for (size_t i = 2; i < n;) {
		char command[64];

		snprintf(command, sizeof(command), "command -v %s >/dev/null", tracers[i].name);
		if (system(command) == 0)
			i++;
		else
			tracers[i] = tracers[--n];
	}
	for (unsigned int r = 0; r < rounds; r++)
		for (size_t i = 0; i < n; i++)
			one_round(&tracers[i], r);
	exec = median(tracers[0].exec, rounds);
	getppid = median(tracers[0].getppid, rounds);
	for (size_t i = 0; i < n; i++) {
		struct tracer *t = &tracers[i];
		double ns = median(t->exec, rounds), cpu = median(t->cpu, rounds);

		say(t, "exec", ns / exec, ns);
		ns = median(t->getppid, rounds);
		say(t, "getppid", ns / getppid, ns);
		if (!t->trace)
			continue;
		say(t, "cpu-per-exec", cpu / exec, cpu);
		say(t, "lost-share", median(t->lost, rounds) / effort.execs, 0);
	}
}
