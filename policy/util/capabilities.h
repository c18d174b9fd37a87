/* SPDX-License-Identifier: GPL-2.0-only */
/* The capabilities that a program keeps; the others are given up before it does anything. */
#pragma once

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The capabilities for reading and changing objects in the kernel are listed here.
 *
 * BPF, PERFMON    loading programs, their reading of kernel memory by BTF pointers
 * SYS_ADMIN       objects by id, mounting a bpffs, iterators, programs for sysctls
 * NET_ADMIN       BPF_PROG_QUERY of a cgroup, which waits for cgroups that are being made
 * SYS_PTRACE      /proc/1/ns and /proc/2/ns (ptrace_may_access(), kernel/ptrace.c)
 * DAC_READ_SEARCH cgroups by id (open_by_handle_at(2)), policy files below directories of others
 * CHOWN           the log's pins to their group
 */
#define CAPABILITIES_KERNEL                                                                       \
	(1ULL << CAP_BPF | 1ULL << CAP_PERFMON | 1ULL << CAP_SYS_ADMIN | 1ULL << CAP_SYS_PTRACE | \
	 1ULL << CAP_DAC_READ_SEARCH | 1ULL << CAP_CHOWN | 1ULL << CAP_NET_ADMIN)

/* The capability for reading policy files, whoever may read them. */
#define CAPABILITIES_FILES (1ULL << CAP_DAC_READ_SEARCH)

/*
 * The capabilities for writing a file that the caller names, in a directory that is another user's,
 * as a home or an exporter's: FOWNER is for replacing one in a sticky directory.
 */
#define CAPABILITIES_WRITING (1ULL << CAP_DAC_OVERRIDE | 1ULL << CAP_FOWNER)

/*
 * Gives up all capabilities but those in keep, for this process and whatever it may execute, and gaining
 * any by execve(2). What is not there to begin with is no error. 0 or a negative errno.
 */
int capabilities_limit(uint64_t keep);

/* Returns whether this thread may use a capability now; its user namespace decides what that is worth. */
bool capabilities_effective(unsigned int capability);
