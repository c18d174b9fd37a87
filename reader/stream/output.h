/* SPDX-License-Identifier: GPL-2.0-only */
/* The output, waiting, and the signals that end both. */
#pragma once

#include <stdbool.h>

#include "out.h"

/*
 * SIGINT, SIGTERM and SIGHUP from now on only ask: they arrive nowhere but in the two calls below
 * that may block. For a process that wants to end in good order.
 */
void output_handle_signals(void);
bool output_stopping(void);

/*
 * The output goes to the journal instead of standard output: it consists of entries (journal.h). 0
 * or what journal_open() failed with.
 */
int output_to_journal(const char *path);

/*
 * Returns whether standard error is the same file as the output, as with StandardOutput=append: a
 * line there would stand among the events. A terminal is nobody's input.
 */
bool output_is_stderr(void);

/*
 * Writes out everything and empties it. 0 or a negative errno: -EPIPE, nobody reads any more;
 * -ECANCELED, nobody took anything for a second after we were asked to end. What was not taken is
 * dropped from *o.
 */
int output_write(struct out *o);

/*
 * Waits until fd (-1: none) is readable, a signal came, standard output has no reader any more (if
 * it is used), or timeout_ms have passed (-1: without an end). Returns false if it has none.
 */
bool output_wait(int fd, int timeout_ms);
