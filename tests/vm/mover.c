/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mover CPU CGROUP OTHER THIRD ROUNDS allowed|denied: a task of CGROUP asks iopl(3) without a pause, in turns
 * with one of THIRD, so that what was found for one is not remembered for the other. In each round it is
 * interrupted at any point of that and moved to OTHER, nobody asks any more, and another task, which
 * stays in CGROUP, asks once: its answer has to be the one that is named. All on one CPU. Prints how often was
 * asked and how many answers were wrong; status 1 if any was.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * Waiting is sleeping until the other one is there. To look again and again in real time, on a
 * machine where a look takes longer than the pause, would leave no time to those that are waited
 * for.
 */
static struct shared {
	atomic_ulong asked;
	atomic_bool halt;
	atomic_bool allowed;
	sem_t halted, resume; /* of those that take turns */
	sem_t check, checked; /* of the one that stays */
} *shared;

static void die(const char *what)
{
	fprintf(stderr, "mover: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void move(int procs, pid_t pid)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", pid);

	if (write(procs, text, len) != len)
		die("move");
}

static int open_procs(const char *cgroup)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		die(path);
	return fd;
}

static bool ask(void)
{
	bool allowed = iopl(3) == 0;

	iopl(0);
	atomic_fetch_add(&shared->asked, 1);
	return allowed;
}

static void take_turns(void)
{
	for (;;) {
		while (!shared->halt) {
			ask();
			sched_yield();
		}
		sem_post(&shared->halted);
		sem_wait(&shared->resume);
	}
}

static void stay(void)
{
	for (;;) {
		sem_wait(&shared->check);
		shared->allowed = ask();
		sem_post(&shared->checked);
	}
}

/* Both stop asking, wherever they are; then the one that stays asks once. */
static bool ask_alone(void)
{
	shared->halt = true;
	sem_wait(&shared->halted);
	sem_wait(&shared->halted);
	sem_post(&shared->check);
	sem_wait(&shared->checked);
	return shared->allowed;
}

static void go_on(void)
{
	shared->halt = false;
	sem_post(&shared->resume);
	sem_post(&shared->resume);
}

static pid_t start(void (*run)(void), int procs)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		run();
	}
	move(procs, pid);
	return pid;
}

int main(int argc, char *argv[])
{
	unsigned long wrong = 0;
	pid_t moved, staying, interfering;
	int procs, others;
	bool expected;
	cpu_set_t cpus;

	if (argc != 7)
		return 2;
	expected = strcmp(argv[6], "allowed") == 0;
	procs = open_procs(argv[2]);
	others = open_procs(argv[3]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[1]), &cpus);
	if (shared == MAP_FAILED || sem_init(&shared->halted, true, 0) < 0 ||
	    sem_init(&shared->resume, true, 0) < 0 ||
	    sem_init(&shared->check, true, 0) < 0 || sem_init(&shared->checked, true, 0) < 0 ||
	    sched_setaffinity(0, sizeof(cpus), &cpus) < 0)
		die("prepare");
	moved = start(take_turns, procs);
	staying = start(stay, procs);
	interfering = start(take_turns, open_procs(argv[4]));
	/* from now on this one interrupts both, wherever they are */
	if (sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){ 1 }) < 0)
		die("sched_setscheduler");
	for (long round = 0; round < atol(argv[5]); round++) {
		usleep(20 + random() % 4000);
		move(others, moved);
		wrong += ask_alone() != expected;
		move(procs, moved);
		go_on();
	}
	kill(moved, SIGKILL);
	kill(staying, SIGKILL);
	kill(interfering, SIGKILL);
	while (wait(NULL) > 0)
		;
	printf("asked=%lu wrong=%lu\n", shared->asked, wrong);
	return wrong != 0;
}
