/* SPDX-License-Identifier: GPL-2.0-only */
/* The one command that is of use after the status was read. */
#pragma once

#include "loaded-state.h"

/* Returns it; NULL if there is none, or if an error has its own hint. Pure. */
const char *status_next(const struct loaded_state *r);
