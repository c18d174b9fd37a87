/* SPDX-License-Identifier: GPL-2.0-only */
/* An analysis as a graph that graphviz draws: operations, and which open ones lead around denied ones. */
#pragma once

#include <stdio.h>

#include "analysis.h"

/* Writes the host's rule set of an analysis that analysis_run() has made. */
void analyze_dot(FILE *f, const struct analysis *a);
