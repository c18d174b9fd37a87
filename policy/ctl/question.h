/* SPDX-License-Identifier: GPL-2.0-only */
/* A question to whoever sits at the terminal. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * Asks, and waits for a line on standard input until `until` (CLOCK_BOOTTIME, ns; 0: for ever). Returns
 * its first byte, or NUL if none came in time, if the terminal is gone, or after a signal that interrupt_catch() notes.
 */
char question_ask(const char *question, uint64_t until);

bool question_is_yes(char answer);
