/* SPDX-License-Identifier: GPL-2.0-only */
/* The status as JSON: the object of bpflock-ctl(8). */
#pragma once

#include "exit-status.h"
#include "json.h"
#include "loaded-state.h"

/* Prints all of it. The set can be read. */
void status_json_print(const struct loaded_state *r, enum exit_status status);

/* Writes the members that each status has, also without a set, inside an object of j. */
void status_json_state(struct json *j, const struct loaded_state *r, enum exit_status status);
