/* SPDX-License-Identifier: GPL-2.0-only */
/* The entry points of the verbs, which the table in main.c lists: each is in the file of its name.
 */
#pragma once

#include "ctl.h"

enum exit_status ctl_status(const struct ctl *c);
enum exit_status ctl_operations(const struct ctl *c);
enum exit_status ctl_policy(const struct ctl *c);
enum exit_status ctl_set(const struct ctl *c);
enum exit_status ctl_block(const struct ctl *c);
enum exit_status ctl_allow(const struct ctl *c);
enum exit_status ctl_reload(const struct ctl *c);
enum exit_status ctl_reset(const struct ctl *c);
enum exit_status ctl_apply(const struct ctl *c);
enum exit_status ctl_edit(const struct ctl *c);
enum exit_status ctl_diff(const struct ctl *c);
enum exit_status ctl_cgroup_set(const struct ctl *c);
enum exit_status ctl_cgroup_delete(const struct ctl *c);
enum exit_status ctl_cgroup_list(const struct ctl *c);
enum exit_status ctl_grant(const struct ctl *c);
enum exit_status ctl_revoke(const struct ctl *c);
enum exit_status ctl_grants(const struct ctl *c);
enum exit_status ctl_explain(const struct ctl *c);
enum exit_status ctl_denials(const struct ctl *c);
enum exit_status ctl_tree(const struct ctl *c);
enum exit_status ctl_analyze(const struct ctl *c);
enum exit_status ctl_suggest(const struct ctl *c);
enum exit_status ctl_replay(const struct ctl *c);
enum exit_status ctl_metrics(const struct ctl *c);
enum exit_status ctl_check(const struct ctl *c);
enum exit_status ctl_cat_config(const struct ctl *c);
enum exit_status ctl_test(const struct ctl *c);
enum exit_status ctl_doctor(const struct ctl *c);
enum exit_status ctl_bugreport(const struct ctl *c);
enum exit_status ctl_seal(const struct ctl *c);
enum exit_status ctl_latch(const struct ctl *c);
enum exit_status ctl_unload(const struct ctl *c);
enum exit_status ctl_repair(const struct ctl *c);
enum exit_status ctl_preset_list(const struct ctl *c);
enum exit_status ctl_preset_show(const struct ctl *c);
enum exit_status ctl_preset_use(const struct ctl *c);
