/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "util.h"

/* A line on stderr, "bpflock-log: ...", with control bytes escaped. */
void message(const char *fmt, ...) PRINTF(1, 2);
