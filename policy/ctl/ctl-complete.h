/* SPDX-License-Identifier: GPL-2.0-only */
/* Completion of a command line of bpflock-ctl, and the words that only it completes. */
#pragma once

#include "complete.h"
#include "verb.h"

/* As complete(), for the verbs and options of a table. */
int ctl_complete(const struct verb_table *t, int argc, char **argv);

/* Operands and arguments of options, each a complete_fn. */
void ctl_complete_assignments(struct completion *c);
void ctl_complete_cgroup_assignments(struct completion *c);
void ctl_complete_rules(struct completion *c); /* cgroups that have a rule set, and others */
void ctl_complete_grants(struct completion *c);
void ctl_complete_generation(struct completion *c);
void ctl_complete_format(struct completion *c);
void ctl_complete_replay(struct completion *c); /* a policy, then logs */
