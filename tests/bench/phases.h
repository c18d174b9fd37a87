/* SPDX-License-Identifier: GPL-2.0-only */
/* The phases of a load are told from outside by the calls that its parts begin with. */
#pragma once

#include <stddef.h>

#define PHASES 12

/* Runs a loader that finds nothing loaded; how long each phase took, ns. */
void phases_run(char *const args[], double ret_ns[PHASES]);

const char *phase_name(size_t i);
