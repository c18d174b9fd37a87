/* SPDX-License-Identifier: GPL-2.0-only */
/* The record of what a policy opened when it took the place of another one, for people and
 * programs. */
#pragma once

#include "abi.h"
#include "json.h"

/*
 * Returns "opens kexec, msr and 17 more to the host (profile = baseline, built-in)", with at most
 * so many names in each part; not safe for a terminal. NULL: it opened nothing, or out of memory.
 * Owned by the caller.
 */
char *looser_print_text(const struct bpflock_policy *host,
			const struct bpflock_operation ops[BPFLOCK_REASONS], unsigned int most);

/* Writes "looser", null if it opened nothing, inside an object of j. */
void looser_print_json(struct json *j, const struct bpflock_policy *host,
		       const struct bpflock_operation ops[BPFLOCK_REASONS]);
