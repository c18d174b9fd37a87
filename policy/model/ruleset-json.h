/* SPDX-License-Identifier: GPL-2.0-only */
/* Settings as JSON, under the same keys in every object that a program prints. */
#pragma once

#include "abi.h"
#include "json.h"

/* Returns the key of a setting ("exec_log", "coalesce_ms"). */
const char *ruleset_json_key(enum bpflock_setting setting);

/*
 * Writes one setting of p inside an object: a list as an array of operations, a time in milliseconds,
 * a size in bytes, everything else as its word. Nothing for a value that has no word.
 */
void ruleset_json(struct json *j, const struct bpflock_operation ops[BPFLOCK_REASONS],
		  const struct bpflock_policy *p, enum bpflock_setting setting);
