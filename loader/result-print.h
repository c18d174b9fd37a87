/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of a load on stdout, for people and as bpflock.json of the schemas. */
#pragma once

#include <stdbool.h>

#include "exit-status.h"
#include "install.h"
#include "policy.h"

/* Prints one line, and the difference from the policy before. p: what was loaded, or would be. */
void result_print_text(const struct policy *p, const struct install_result *result, bool dry_run);

/* Warns of what the policy opens, if it is a change. On a terminal only the first operations are named. */
void result_warn_looser(const struct install_result *result);

/* Prints one object. p may be NULL if the outcome is INSTALL_FAILED; pretty: on several lines. */
void result_print_json(const struct policy *p, const struct install_result *result,
		       enum exit_status status, bool dry_run, bool pretty);
