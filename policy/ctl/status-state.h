/* SPDX-License-Identifier: GPL-2.0-only */
/* The first line of the status: whether this machine is protected, by which policy. */
#pragma once

#include "loaded-state.h"

/*
 * Prints "● enforcing (verified): restricted, integrity; loaded 2h ago from FILE". Of another state
 * the first line says what that means, and the second one has the policy, if it can be read.
 */
void status_state_print(const struct loaded_state *r);
