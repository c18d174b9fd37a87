/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of analyze: the exposure, the setting to close next, then operations by their weight. */
#pragma once

#include <stdbool.h>

#include "analysis.h"
#include "helpers.h"

/* Prints the text of an analysis. loaded: of the active policy, which `bpflock-ctl set` changes. */
void analyze_text(const struct analysis *a, const struct helpers *h, bool loaded);
