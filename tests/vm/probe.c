/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe OPERATION: perform the real trigger of a lockdown reason, exit with an enum outcome.
 * Static and free of our own code, so that it can be run in any namespace and tests only the kernel.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

bool quiet;

static const struct operation operations[] = {
	{ "unsigned_module", attempt_unsigned_module, CAP_SYS_MODULE, "load an unsigned module" },
	{ "dev_mem", attempt_dev_mem, CAP_SYS_RAWIO, "open /dev/mem" },
	{ "kexec", attempt_kexec, CAP_SYS_BOOT, "kexec_load without segments" },
	{ "hibernation", attempt_hibernation, CAP_SYS_ADMIN, "open /dev/snapshot" },
	{ "pci_access", attempt_pci_access, CAP_SYS_ADMIN, "write a PCI config byte" },
	{ "ioport", attempt_ioport, CAP_SYS_RAWIO, "iopl(3)" },
	{ "msr", attempt_msr, CAP_SYS_RAWIO, "write back an MSR's value" },
	{ "pcmcia_cis", attempt_pcmcia_cis, CAP_SYS_ADMIN, "replace a PCMCIA CIS" },
	{ "tiocsserial", attempt_tiocsserial, CAP_SYS_ADMIN, "change a serial port's irq" },
	{ "unsafe_module_parameters", attempt_unsafe_module_parameters, CAP_SYS_MODULE,
	  "load parport_pc with an io port" },
	{ "debugfs", attempt_debugfs, CAP_SYS_ADMIN, "open a writable debugfs file" },
	{ "bpf_write", attempt_bpf_write, CAP_SYS_ADMIN, "load a program with bpf_probe_write_user" },
	{ "bpf_read", attempt_bpf_read, CAP_SYS_ADMIN, "load a program with bpf_probe_read_kernel" },
	{ "kcore", attempt_kcore, CAP_SYS_RAWIO, "open /proc/kcore" },
	{ "kprobes", attempt_kprobes, CAP_SYS_ADMIN, "perf_event_open of a kprobe" },
	{ "perf", attempt_perf, CAP_SYS_ADMIN, "perf_event_open with PERF_SAMPLE_REGS_INTR" },
	{ "tracefs", attempt_tracefs, CAP_SYS_ADMIN, "open a tracefs file" },
	{ "xfrm_secret", attempt_xfrm_secret, CAP_NET_ADMIN, "dump an xfrm state's key" },
};

#define N_OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static void say(int err, const char *format, va_list arguments)
{
	if (quiet)
		return;
	fputs("probe: ", stderr);
	vfprintf(stderr, format, arguments);
	fprintf(stderr, ": %s\n", err ? strerror(err) : "done");
}

enum outcome tried(int err, int denial, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(err, format, arguments);
	va_end(arguments);
	if (!err)
		return ALLOWED;
	return err == denial ? REFUSED : OTHER;
}

enum outcome untried(int err, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(err ? err : ENODEV, format, arguments);
	va_end(arguments);
	return UNTRIED;
}

/* Capabilities are refused with EPERM too, which would pass for a denial. */
static bool may_try(const struct operation *op)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {};

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return data[op->capability / 32].effective & (1U << (op->capability % 32));
}

static const struct operation *find(const char *name)
{
	for (size_t i = 0; i < N_OPERATIONS; i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/*
 * Until the time is up or somebody sends SIGTERM. The first success is told at once. Where one host
 * thread runs all CPUs, a pause between attempts makes them more telling: without it that thread
 * changes CPUs ten times a second, with it at each wake-up.
 */
static int hammer(const struct operation *op, double seconds, useconds_t pause)
{
	unsigned long count[OTHER + 1] = {};
	double end = now() + seconds;

	signal(SIGTERM, stop);
	quiet = true;
	while (!stopped && now() < end) {
		enum outcome outcome = op->attempt();

		if (count[outcome]++ == 0 && outcome == ALLOWED) {
			puts("allowed for the first time");
			fflush(stdout);
		}
		if (pause)
			usleep(pause);
	}
	printf("allowed=%lu denied=%lu untried=%lu other=%lu\n", count[ALLOWED], count[REFUSED],
	       count[UNTRIED], count[OTHER]);
	return count[UNTRIED] || count[OTHER] ? UNTRIED : 0;
}

/* Says that the next questions of this process are bpflock's own, as bpflock does. */
static void pretend(void)
{
	uint32_t begin[2] = { 1 };
	union bpf_attr attr = { .pathname = (uintptr_t)"/sys/fs/bpf/bpflock/progs/prove" };
	int fd = syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = fd;
	attr.test.ctx_in = (uintptr_t)begin;
	attr.test.ctx_size_in = sizeof(begin);
	if (fd < 0 || syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)) < 0) {
		perror("probe: prove");
		exit(UNTRIED);
	}
	close(fd);
}

static int usage(void)
{
	fputs("usage: probe [--pretend] OPERATION | --hammer OPERATION SECONDS [MICROSECONDS] | --list\n", stderr);
	return 64;
}

int main(int argc, char *argv[])
{
	bool hammering = (argc == 4 || argc == 5) && !strcmp(argv[1], "--hammer");
	const struct operation *op;

	if (argc == 3 && !strcmp(argv[1], "--pretend")) {
		pretend();
		argv++;
		argc--;
	}
	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (size_t i = 0; i < N_OPERATIONS; i++)
			printf("%-26s %s\n", operations[i].name, operations[i].trigger);
		return 0;
	}
	if (argc != 2 && !hammering)
		return usage();
	op = find(argv[hammering ? 2 : 1]);
	if (!op) {
		fprintf(stderr, "probe: no operation \"%s\", see --list\n", argv[hammering ? 2 : 1]);
		return 64;
	}
	if (!may_try(op))
		return untried(EPERM, "%s: needs a capability this task has not", op->name);
	if (!hammering)
		return op->attempt();
	return hammer(op, atof(argv[3]), argc == 5 ? atoi(argv[4]) : 0);
}
