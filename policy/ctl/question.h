/* SPDX-License-Identifier: GPL-2.0-only */
/* A question to whoever sits at the terminal. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* The signal that asked us to end, after question_catch_signals(); 0: none did. */
extern volatile sig_atomic_t question_interrupted;

/* SIGHUP, SIGINT and SIGTERM are noted from now on, so that the caller takes back what it has begun. */
void question_catch_signals(void);

/*
 * Asks, and waits for a line on standard input until `until` (CLOCK_BOOTTIME, ns; 0: for ever). Returns
 * its first byte, or NUL if none came in time, if the terminal is gone, or after a signal.
 */
char question_ask(const char *question, uint64_t until);

bool question_is_yes(char answer);
