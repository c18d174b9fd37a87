/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A policy comes from these sources, weakest first: built-in < main file < drop-ins < environment <
 * command line. This module reads all but the command line, weakest first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "abi.h"
#include "diagnostic.h"
#include "parser.h"
#include "policy.h"

/* Returns the name that a section is known by: [host] is another one for [kimglock]. */
const char *config_section(const char *name);

/*
 * Assigns what one file says, in the order of its lines: `all` is the text of it taken apart, which
 * calls itself source. Pure.
 */
void config_apply(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		  const struct assignments *all, const char *source, struct diagnostics *d);

/* The error of a file or stream that sets nothing: it would open everything by being empty. */
void config_refuse_empty(const char *source, struct diagnostics *d);

/*
 * Does as config_apply() for a text that did not come from a file, whose owner nobody can check.
 * One that sets nothing is an error.
 */
bool config_read_text(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		      const char *text, size_t len, const char *source, struct diagnostics *d);

/*
 * Assigns what BPFLOCK_KIMGLOCK_PROFILE, _BLOCK and _ALLOW and BPFLOCK_EXEC_SNOOP say (the names of
 * the original, for containers). Another variable BPFLOCK_* is a warning; of one of
 * the original's, with what does it now.
 */
bool config_read_environment(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
			     char *const *environ, struct diagnostics *d);
