/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions that do not hold: kernel Lockdown refuses before any LSM program is called, and a
 * program cannot lift a refusal. Pure.
 */
#pragma once

#include "policy.h"
#include "securityfs.h"

/*
 * Warns of each exception of a compiled policy that this level of Lockdown overrules: lists,
 * profiles, levels and modes that let pass what it refuses, rule sets of cgroups that are looser
 * than the host's, and grants that have not ended at `now` (CLOCK_BOOTTIME, ns); behind them of
 * what would make them hold. How many exceptions.
 */
size_t overruled_warn(const struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		      enum kernel_lockdown level, const char *cure, uint64_t now,
		      struct diagnostics *d);
