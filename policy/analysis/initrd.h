/* SPDX-License-Identifier: GPL-2.0-only */
/* The check whether the initrd of the running kernel loads the policy, as far as files show it. */
#pragma once

#include "preflight.h"

/*
 * Below root ("" outside tests): whether bpflock is wanted in initrds, whether the programs that
 * make them have its hooks, and whether the image of this kernel release is older than the policy.
 * Never a failure: ret->state is CHECK_OK or CHECK_NOTE.
 */
void initrd_check(const char *root, const char *release, struct check_result *ret);
