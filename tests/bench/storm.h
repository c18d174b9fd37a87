/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes in a row, each waited for. */
#pragma once

#define STORM "/tmp/bench-storm" /* a small static program that only exits */

void storm_prepare(void);
void storm_fork(unsigned int n);
void storm_exec(unsigned int n);
