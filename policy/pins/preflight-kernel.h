/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks of preflight: can this kernel enforce, as it was built, booted and set up? Each fills in *ret, and
 * in *pf what a load needs of it.
 */
#pragma once

#include "preflight.h"

enum check_state preflight_kernel_release(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_btf(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_operations(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_hook(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_lsm_list(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_ftrace(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_command_line(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_cgroup(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_lsm_load(struct preflight *pf, struct check_result *ret);
enum check_state preflight_kernel_lockdown(struct preflight *pf, struct check_result *ret);
