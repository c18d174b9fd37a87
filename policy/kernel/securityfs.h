/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of securityfs, whether or not it is mounted. */
#pragma once

#include "abi.h"

/*
 * The text of a file of securityfs ("lsm", "lockdown"), without the final newline. Where it is not
 * mounted, a private instance that no path leads to is opened for the moment (fsopen(2),
 * Linux 5.2). 0 and *ret_text, which the caller frees; -ENOENT if the kernel has no such file, else
 * a negative errno.
 */
int securityfs_read(const char *file, char **ret_text);

enum kernel_lockdown {
	KERNEL_LOCKDOWN_ABSENT,	 /* no lockdown LSM, or not active */
	KERNEL_LOCKDOWN_UNKNOWN, /* securityfs cannot be read */
	KERNEL_LOCKDOWN_NONE,
	KERNEL_LOCKDOWN_INTEGRITY,
	KERNEL_LOCKDOWN_CONFIDENTIALITY,
	_KERNEL_LOCKDOWN_MAX,
};

/* Parses "none [integrity] confidentiality" (security/lockdown/lockdown.c). */
enum kernel_lockdown securityfs_lockdown_parse(const char *text);

/* The running kernel's. */
enum kernel_lockdown securityfs_lockdown(void);

/* "none", "integrity", ..., "absent" or "unknown". */
const char *securityfs_lockdown_name(enum kernel_lockdown l);

/* The bits of the operations that kernel Lockdown refuses before bpflock is asked. */
__u64 securityfs_lockdown_denies(enum kernel_lockdown l,
				 const struct bpflock_operation ops[BPFLOCK_REASONS]);
