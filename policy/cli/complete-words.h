/* SPDX-License-Identifier: GPL-2.0-only */
/* The sources of words that have no table of their own, each a complete_fn. */
#pragma once

#include "complete.h"

void complete_words_policies(struct completion *c);   /* files, and the presets */
void complete_words_presets(struct completion *c);    /* names of presets and of exceptions */
void complete_words_operation(struct completion *c);  /* one operation of this kernel */
void complete_words_operations(struct completion *c); /* a list of them and of groups */
void complete_words_cgroups(struct completion *c);    /* paths, level by level */
void complete_words_units(struct completion *c);      /* those that run */
void complete_words_processes(struct completion *c);
void complete_words_users(struct completion *c); /* numbers of those in /etc/passwd */

/* The value of a setting. */
void complete_words_setting(struct completion *c, enum bpflock_setting setting);

/* KEY=VALUE of settings: of the host's that can be set at run time, or of a cgroup's. */
void complete_words_assignments(struct completion *c, bool host);
