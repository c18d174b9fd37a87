/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The floor for bpflock-log: a record as one would print it without further thought. The fields of
 * json but for the names of cgroups, nothing checked, nothing escaped.
 */
#pragma once

#include <stdio.h>

#include "format.h"

struct floor {
	FILE *f;
	const struct format_context *c;
};

void floor_init(struct floor *f, const struct format_context *c);
void floor_print(struct floor *f, const struct bpflock_decision_record *r);
void floor_flush(struct floor *f);

/* The floor for the loader: opens, loads and attaches the lockdown program by libbpf alone, and
 * lets it go. */
void floor_load(void);
