/* SPDX-License-Identifier: GPL-2.0-only */
/* The status again and again: on a terminal in the same place, elsewhere where something has changed. */
#pragma once

#include "ctl.h"

/*
 * Prints the status every interval (ns) by look(), which prints it once and is run in a process of
 * its own, so that nothing of an earlier look is left. Ends with SIGINT, SIGTERM or SIGHUP, with the
 * exit status of the last look.
 */
enum exit_status status_watch(const struct ctl *c, uint64_t interval,
			      enum exit_status (*look)(const struct ctl *c));

/* Returns whether two of these texts differ in more than times and bpflock's own questions. Pure. */
bool status_watch_differs(const char *a, const char *b);

/*
 * Writes the line of text that begins at `line` as it fits in so many columns, and emphasizes what of
 * it is not in the line of `before` that is about the same, if before is not NULL. Returns the next
 * line. Pure.
 */
const char *status_watch_line(FILE *f, const char *line, const char *before, unsigned int columns);
