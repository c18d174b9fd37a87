// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the decision to the line: how long, at which price, and whether all come. Beside bpftrace on
 * the same stream, where the guest has it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util.h"
#include "measure.h"

#define LINES_MAX 100000

struct follower {
	const char *name;
	const char *command; /* prints, for each, a line with the time of the decision behind key */
	const char *key;
	unsigned int seconds; /* until it follows */
};

static struct follower followers[] = {
	{ "bpflock-log", "exec bpflock-log drain -o json 2>/dev/null", "\"boottime_ns\":", 2 },
	{ "bpflock-log-follow", "exec bpflock-log follow -o json 2>/dev/null", "\"boottime_ns\":", 2 },
	{ "bpftrace",
	  "exec bpftrace -B line -e 'kprobe:security_locked_down"
	  " { printf(\"pid=%d comm=%s reason=%d boottime_ns=%llu\\n\", pid, comm, arg0, nsecs); }' 2>&1",
	  "boottime_ns=", 40 },
};

static uint64_t boottime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* The stream makes n decisions, so many a second, or as many as can be where that is more. */
static pid_t start_stream(unsigned int n, unsigned int rate)
{
	uint64_t next = now();
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid > 0)
		return pid;
	for (unsigned int i = 0; i < n; i++) {
		struct timespec until;

		if (iopl(3) < 0 || iopl(0) < 0)
			_exit(1);
		next += 1000000000ULL / rate;
		if (next < now())
			continue;
		until = (struct timespec){ .tv_sec = next / 1000000000,
					   .tv_nsec = next % 1000000000 };
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	}
	_exit(0);
}

struct outcome {
	double latency; /* ns, the median */
	double cpu;	/* ns for each */
	double rate;	/* lines a second */
	double lost;	/* of 1 */
};

/* Reads the lines of n decisions, or those that come within five seconds of each other. */
static struct outcome listen(FILE *lines, const char *key, pid_t follower, unsigned int n,
			     unsigned int rate)
{
	static double latencies[LINES_MAX];
	double cpu = cpu_of(follower);
	uint64_t began = now(), last = began, first = boottime();
	pid_t writer = start_stream(n, rate);
	unsigned int got = 0;
	char line[4096];

	alarm(60);
	while (got < n && fgets(line, sizeof(line), lines)) {
		const char *at = strstr(line, key);
		uint64_t when = at ? strtoull(at + strlen(key), NULL, 10) : 0;

		if (when < first) /* something else, or of before */
			continue;
		last = now();
		latencies[got++] = boottime() - when;
		alarm(5);
	}
	alarm(0);
	waitpid(writer, NULL, 0);
	return (struct outcome){
		.latency = got ? median(latencies, got) : 0,
		.cpu = got ? (cpu_of(follower) - cpu) / got : 0,
		.rate = got ? got * 1e9 / (last - began) : 0,
		.lost = 1 - (double)got / n,
	};
}

static pid_t start_follower(const char *command, FILE **ret_lines)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds) < 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	*ret_lines = fdopen(fds[0], "r");
	if (!*ret_lines)
		die("fdopen");
	return pid;
}

static void interrupt(int signal)
{
}

static void say(const struct follower *f, const char *what, unsigned int rate, double ratio,
		double ns)
{
	char name[64];

	snprintf(name, sizeof(name), "follow/%s-%s-at-%u", f->name, what, rate);
	print(name, ratio, 0, ns);
}

/* Prints one follower's figures. base: those of the first one, at the same rate. */
static void follow_at(const struct follower *f, unsigned int rate, unsigned int n,
		      struct outcome *base)
{
	struct outcome o;
	FILE *lines;
	pid_t pid;

	run("bpflock --profile privileged --coalesce 0 --ring-size 16M", NULL);
	pid = start_follower(f->command, &lines);
	sleep(f->seconds);
	o = listen(lines, f->key, pid, n, rate);
	kill(pid, SIGINT);
	fclose(lines);
	waitpid(pid, NULL, 0);
	run(UNLOAD, NULL);
	if (f == followers)
		*base = o;
	say(f, "latency", rate, o.latency / base->latency, o.latency);
	say(f, "cpu", rate, o.cpu / base->cpu, o.cpu);
	say(f, "lines-a-second", rate, o.rate, 0);
	say(f, "lost-share", rate, o.lost, 0);
}

void follow(void)
{
	static const unsigned int rates[] = { 1, 1000, 100000 };
	bool with_bpftrace = system("command -v bpftrace >/dev/null") == 0;
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGALRM, &action, NULL);
	for (size_t r = 0; r < ARRAY_SIZE(rates); r++) {
		/* some seconds, or less where that is a lot */
		unsigned int n = rates[r] == 1 ? 5 : effort.quick ? 3000 : 20000;
		struct outcome base = {};

		for (size_t i = 0; i < ARRAY_SIZE(followers) - !with_bpftrace; i++)
			follow_at(&followers[i], rates[r], n, &base);
	}
}
