/* SPDX-License-Identifier: GPL-2.0-only */
/* The refusals that are not bpflock's, as the counters have them. */
#pragma once

#include "loaded-state.h"

/* Refusals by others, and what became of them. */
struct refusals {
	struct bpflock_counters by[_BPFLOCK_BY_MAX], total;
	bool watched;	 /* the program that sees them is there */
	uint64_t missed; /* the kernel did not call it, since it was running on that CPU */
};

/* Sums them up. The set can be read. */
struct refusals refusals_by_others(const struct loaded_state *r);
