// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bystanders are compared with and without bpflock: calls as lmbench has them, forks and
 * executions.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util.h"
#include "measure.h"
#include "storm.h"

#define FILE_A "/tmp/bench-a"
#define FILE_B "/tmp/bench-b"

static int zero_fd, null_fd, dir_fd, pipe_fds[2], sockets[2];
static char *page;

/* One call a line; what fails would not be what it is to be. */
#define CALL(name, expression)                       \
	static void call_##name(unsigned int n)      \
	{                                            \
		for (unsigned int i = 0; i < n; i++) \
			if ((long)(expression) < 0)  \
				die(#name);          \
	}

static char byte;
static struct stat st;
static struct timespec ts;
static uint32_t word;
static struct pollfd pollfds[10];

static long open_close(void)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? fd : close(fd);
}

static long dup_close(void)
{
	int fd = dup(zero_fd);

	return fd < 0 ? fd : close(fd);
}

static long through(int in, int out)
{
	return write(in, &byte, 1) == 1 ? read(out, &byte, 1) : -1;
}

static long map_unmap(void)
{
	void *p = mmap(NULL, 65536, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? -1 : munmap(p, 65536);
}

static long fault(void)
{
	*(volatile char *)page = 1;
	return madvise(page, 4096, MADV_DONTNEED);
}

static long protect(void)
{
	return mprotect(page, 4096, PROT_READ) < 0 ? -1
						   : mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void handler(int signal)
{
}

static long handle(void)
{
	struct sigaction action = { .sa_handler = handler };

	return sigaction(SIGUSR1, &action, NULL) < 0 ? -1 : raise(SIGUSR1);
}

static long create_unlink(void)
{
	int fd = open(FILE_A, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 || close(fd) < 0 ? -1 : unlink(FILE_A);
}

static long rename_both(void)
{
	return rename(FILE_B, FILE_A) < 0 ? -1 : rename(FILE_A, FILE_B);
}

static long make_remove(void)
{
	return mkdir(FILE_A, 0700) < 0 ? -1 : rmdir(FILE_A);
}

static long list(void)
{
	char entries[1024];

	return lseek(dir_fd, 0, SEEK_SET) < 0
		       ? -1
		       : syscall(SYS_getdents64, dir_fd, entries, sizeof(entries));
}

CALL(getppid, syscall(SYS_getppid))
CALL(read, read(zero_fd, &byte, 1))
CALL(write, write(null_fd, &byte, 1))
CALL(open, open_close())
CALL(dup, dup_close())
CALL(stat, stat("/etc/passwd", &st))
CALL(fstat, fstat(zero_fd, &st))
CALL(poll, poll(pollfds, ARRAY_SIZE(pollfds), 0))
CALL(clock, syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts))
CALL(futex, syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0))
CALL(yield, sched_yield())
CALL(pipe, through(pipe_fds[1], pipe_fds[0]))
CALL(socket, through(sockets[0], sockets[1]))
CALL(mmap, map_unmap())
CALL(fault, fault())
CALL(mprotect, protect())
CALL(signal, handle())
CALL(create, create_unlink())
CALL(rename, rename_both())
CALL(mkdir, make_remove())
CALL(getdents, list())

static const struct call calls[] = {
	{ "getppid", call_getppid, 1 }, { "read", call_read, 2 },
	{ "write", call_write, 2 },	{ "fstat", call_fstat, 2 },
	{ "clock", call_clock, 2 },	{ "futex", call_futex, 2 },
	{ "yield", call_yield, 4 },	{ "poll", call_poll, 4 },
	{ "dup", call_dup, 4 },		{ "stat", call_stat, 4 },
	{ "open", call_open, 8 },	{ "pipe", call_pipe, 8 },
	{ "socket", call_socket, 8 },	{ "mmap", call_mmap, 8 },
	{ "fault", call_fault, 8 },	{ "mprotect", call_mprotect, 8 },
	{ "signal", call_signal, 8 },	{ "getdents", call_getdents, 8 },
	{ "create", call_create, 16 },	{ "rename", call_rename, 16 },
	{ "mkdir", call_mkdir, 16 },	{ "fork", storm_fork, 100 },
	{ "exec", storm_exec, 100 },
};

#define NOISE 1.05

static struct variant variants[] = {
	{ "not-loaded", NULL, NULL, 0, {} },
	{ "loaded", "bpflock --profile baseline", UNLOAD, NOISE, {} },
	{ "exec-tracing", "bpflock --profile baseline --exec-log all", UNLOAD, NOISE, {} },
};

static void prepare(void)
{
	int fd = creat(FILE_B, 0600);

	zero_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	dir_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || zero_fd < 0 || null_fd < 0 || dir_fd < 0 || page == MAP_FAILED ||
	    pipe(pipe_fds) < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) < 0)
		die("cannot prepare");
	close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(pollfds); i++)
		pollfds[i] = (struct pollfd){ .fd = pipe_fds[0], .events = POLLIN };
	storm_prepare();
}

static void print_variant(const struct variant *v)
{
	for (size_t c = 0; c < ARRAY_SIZE(calls); c++) {
		double ns = v->medians[c];
		/* traced as they are, executions cost something */
		bool traced =
			strcmp(calls[c].name, "exec") == 0 && strcmp(v->name, "exec-tracing") == 0;
		char name[64];

		snprintf(name, sizeof(name), "%s/%s", v->name, calls[c].name);
		print(name, ns / variants[0].medians[c], traced ? 0 : v->target, ns);
	}
}

void bystander(void)
{
	prepare();
	measure(variants, ARRAY_SIZE(variants), calls, ARRAY_SIZE(calls));
	for (size_t i = 1; i < ARRAY_SIZE(variants); i++)
		print_variant(&variants[i]);
}

void bystander_sealed(void)
{
	struct variant sealed = { "sealed", NULL, NULL, NOISE, {} };

	measure(&sealed, 1, calls, ARRAY_SIZE(calls));
	print_variant(&sealed);
}
