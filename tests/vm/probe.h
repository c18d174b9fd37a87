/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/* Exit statuses: a denial must never be mistaken for a broken attempt, so they differ. */
enum outcome {
	ALLOWED = 0,
	REFUSED = 1, /* the errno, or the sign, that a lockdown denial has */
	UNTRIED = 2, /* device, module or privilege missing */
	OTHER = 3,   /* refused by something else */
};

struct operation {
	const char *name;
	enum outcome (*attempt)(void);
	int capability; /* without it the kernel refuses before lockdown is asked */
	const char *trigger;
};

/* Say what was tried and what errno (0: none) came of it; pick the outcome. */
enum outcome tried(int err, int denial, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
enum outcome untried(int err, const char *format, ...) __attribute__((format(printf, 2, 3)));
extern bool quiet;

/* Operations in probe-files.c are reached by opening or writing a file. */
enum outcome attempt_dev_mem(void);
enum outcome attempt_kcore(void);
enum outcome attempt_debugfs(void);
enum outcome attempt_tracefs(void);
enum outcome attempt_hibernation(void);
enum outcome attempt_msr(void);
enum outcome attempt_pci_access(void);
enum outcome attempt_pcmcia_cis(void);
enum outcome attempt_tiocsserial(void);

/* Operations in probe-calls.c are reached by a system call of their own. */
enum outcome attempt_kexec(void);
enum outcome attempt_ioport(void);
enum outcome attempt_unsigned_module(void);
enum outcome attempt_unsafe_module_parameters(void);
enum outcome attempt_perf(void);
enum outcome attempt_kprobes(void);
enum outcome attempt_bpf_write(void);
enum outcome attempt_bpf_read(void);

/* The operation in probe-xfrm.c is reached by netlink. */
enum outcome attempt_xfrm_secret(void);
