/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks of preflight: is the host seen from here, by somebody who may change its policy, and is there a
 * bpffs that outlives the loader? Each fills in *ret, and in *pf what a load needs of it.
 */
#pragma once

#include "preflight.h"

enum check_state preflight_place_privilege(struct preflight *pf, struct check_result *ret);
enum check_state preflight_place_pid_namespace(struct preflight *pf, struct check_result *ret);
enum check_state preflight_place_time_namespace(struct preflight *pf, struct check_result *ret);
enum check_state preflight_place_net_namespace(struct preflight *pf, struct check_result *ret);
enum check_state preflight_place_bpffs(struct preflight *pf, struct check_result *ret);
