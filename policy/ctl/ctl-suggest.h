/* SPDX-License-Identifier: GPL-2.0-only */
/* The comments of a suggestion by unit. */
#pragma once

#include "suggest-units.h"

/* Names of verdicts as something that was done. */
extern const char *const ctl_suggest_verbs[_BPFLOCK_VERDICT_MAX];

/* Prints what stands above the section of a rule set: who used what, how often, since when. */
void ctl_suggest_units_head(const struct suggest *s, const struct suggest_set *set);
