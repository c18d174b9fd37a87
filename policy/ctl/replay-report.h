/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of a replay, for people and as JSON, on stdout. */
#pragma once

#include "ctl-logs.h"
#include "replay.h"

/* A finished replay of n logs, or of the ring, with logs NULL. */
struct replay_report {
	const struct replay *replay;
	const char *policy; /* its name */
	const struct ctl_log *logs;
	size_t n;
};

void replay_report_print(const struct replay_report *r);
void replay_report_print_json(const struct replay_report *r);
