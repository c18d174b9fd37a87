/* SPDX-License-Identifier: GPL-2.0-only */
/* The one setting of the host that lowers the exposure most. Pure. */
#pragma once

#include <stdbool.h>

#include "analysis.h"

#define CLOSING_LEN 64

struct closing {
	char setting[CLOSING_LEN]; /* as `bpflock-ctl set` takes it: "profile=restricted",
				      "block+=kexec" */
	unsigned int exposure[_ANALYSIS_PLACES]; /* with it */
};

/*
 * Looks for it: the setting that lowers the exposure of the more open place most, else of both, and of
 * several the one that closes the fewest operations. operation: only for settings that close one operation. a: with the
 * results of analysis_run(). Returns whether there is one.
 */
bool closing_find(const struct analysis *a, bool operation, struct closing *ret);
