/* SPDX-License-Identifier: GPL-2.0-only */
/* The cgroup or process that a command line names. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctl.h"

/*
 * The cgroup that a command line means: --cgroup PATH, --unit, --pid, --self, or operand 0 if
 * operand is set; "/" for --host alone. *ret_path is the caller's to free. What is wrong is told.
 */
enum exit_status ctl_target(const struct ctl *c, bool operand, char **ret_path);

/* Returns whether an option names a target. */
bool ctl_target_given(const struct ctl *c);

/* The process of --pid, else 0: the caller. What is wrong is told. */
enum exit_status ctl_target_pid(const struct ctl *c, uint64_t *ret_pid);

/* The cgroup of a process, "/" also if it is in none of v2; owned by the caller. What is wrong is
 * told. */
enum exit_status ctl_target_process_path(uint64_t pid, char **ret_path);

/* Reports that an attempt on a process failed with errno -r, as when it has ended meanwhile. */
enum exit_status ctl_target_process_failed(const char *attempt, uint64_t pid, int r);
