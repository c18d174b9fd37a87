/* SPDX-License-Identifier: GPL-2.0-only */
/* The answer of doctor for a person. */
#pragma once

#include "preflight.h"

/*
 * Prints the verdict, then the checks that are not ok, each with its cure; with `all` every check.
 * can: no prerequisite is missing. state: of checks[n], the one that shows the state now.
 */
void doctor_text_print(const struct check_result *checks, size_t n, bool can,
		       const struct check_result *state, bool all);
