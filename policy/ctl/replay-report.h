/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of a replay, for people and as JSON, on stdout. */
#pragma once

#include "replay.h"

/* A log that was read. */
struct replay_log {
	const char *name;
	uint64_t records;    /* events of bpflock */
	uint64_t unreadable; /* entries */
	uint64_t line;	     /* of the first one of these */
	const char *fault;   /* of that */
};

/* A finished replay of n logs, or of the ring, with logs NULL. */
struct replay_report {
	const struct replay *replay;
	const char *policy; /* its name */
	const struct replay_log *logs;
	size_t n;
};

void replay_report_print(const struct replay_report *r);
void replay_report_print_json(const struct replay_report *r);
