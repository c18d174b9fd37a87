/* SPDX-License-Identifier: GPL-2.0-only */
/* The lock on a bpffs, which loader and ctl take alike: one change of sets or of policies at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "diagnostic.h"

/* Returns the time of --wait, ms; text: NULL without it. An invalid duration is diagnosed. */
#define PINS_LOCK_TIME "5s"
uint64_t pins_lock_time(const char *text, struct diagnostics *d);

/*
 * Takes the lock on bpffs, or on another directory, waiting at most wait_ms. 0 and *ret_fd, whose
 * close releases it; PINS_BUSY and *ret_holder: its pid as /proc/locks tells it here, 0 if it does
 * not.
 */
int pins_lock(const char *bpffs, uint64_t wait_ms, int *ret_fd, pid_t *ret_holder);

/*
 * Returns the pid of the process that holds the lock on this directory, by /proc/locks. 0: none that can be seen here;
 * -1: it cannot be read.
 */
pid_t pins_lock_holder(const char *path);

/*
 * Returns whether somebody may hold the lock on this directory: by /proc/locks, and also if that
 * cannot be read.
 */
bool pins_lock_is_held(const char *path);

/* Describes PINS_BUSY in one sentence, in text[len]. */
void pins_lock_describe_holder(const char *bpffs, pid_t holder, char *text, size_t len);
