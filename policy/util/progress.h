/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line on a terminal shows that something goes on, while that takes long. It is on standard error,
 * and is erased at the end. Elsewhere there is none. A program has one at a time.
 */
#pragma once

#include <stdint.h>

/* The line is shown after so many ms at the earliest. */
#define PROGRESS_AFTER_MS 1000

/* Begins a line, at once if after_ms is 0. The text is safe to print, and outlives the line. */
void progress_begin(const char *text, uint64_t after_ms);

/* Shows that it goes on; may be called often, and by anything that waits. */
void progress_step(void);

/* Does the same, and shows a number of things, such as 1000 "records". */
void progress_count(uint64_t n, const char *things);

/* Erases the line, if it is shown, so that something else can be printed; the next step shows it again. */
void progress_hide(void);

/* Erases the line for good. Without a beginning it does nothing. */
void progress_end(void);
