/* SPDX-License-Identifier: GPL-2.0-only */
/* Verbs that wait are asked to end by a signal, and then end as they should. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* The signal that asked us to end, after interrupt_catch(); 0: none did. */
extern volatile sig_atomic_t interrupt_caught;

/* SIGHUP, SIGINT and SIGTERM are noted from now on, and interrupt whatever waits. */
void interrupt_catch(void);

/* Waits so long, or until a signal comes. Returns whether none has come so far. */
bool interrupt_wait(uint64_t ns);
