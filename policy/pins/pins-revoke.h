/* SPDX-License-Identifier: GPL-2.0-only */
/* The two changes that a sealed set allows: both make its policy tighter. */
#pragma once

#include "pins.h"

/*
 * Ends the grants of a sealed set's active policy, *policy, that are not in `without`. 0 or a
 * negative errno.
 */
int pins_revoke(const struct pins *p, const struct policy *policy, const struct policy *without);

/* Ends the trial of a sealed set, on the side that was the stricter one when it was sealed. The same. */
int pins_revoke_trial(const struct pins *p);
