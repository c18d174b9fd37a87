/* SPDX-License-Identifier: GPL-2.0-only */
/* Logs of bpflock-log that are named on the command line are read from files or standard input. */
#pragma once

#include "diagnostic.h"
#include "recorded.h"

/* A log that was read. */
struct ctl_log {
	const char *name;
	uint64_t records;    /* events of bpflock */
	uint64_t unreadable; /* entries */
	uint64_t line;	     /* of the first one of these */
	const char *fault;   /* of that */
};

/* Takes a record of the log of this name. 0, or a negative errno, which ends the reading. */
typedef int (*ctl_logs_fn)(void *arg, const char *name, struct recorded *record);

/*
 * Reads the log of this name, "-" for standard input, and hands over each of its records in *record. A
 * log without a record of bpflock is an error, a part of one that cannot be read is a warning.
 */
void ctl_logs_read(const char *name, struct recorded *record, ctl_logs_fn take, void *arg,
		   struct ctl_log *ret_log, struct diagnostics *d);
