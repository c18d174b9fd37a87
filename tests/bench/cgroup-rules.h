/* SPDX-License-Identifier: GPL-2.0-only */
/* Policies with many rule sets of cgroups, of which none holds for who measures. */
#pragma once

#include <stdbool.h>

#define CGROUP_RULES_MAX    100000
#define CGROUP_RULES_EXIST  1000 /* so many of them at most have their cgroup */
#define CGROUP_RULES(n)	    "/tmp/bench-" #n ".conf"
#define CGROUP_RULES_FORMAT "/tmp/bench-%u.conf"
#define CGROUP_OF_TASK	    "/bench-task/a/b"

/* The policy file CGROUP_RULES(n): n rule sets below /bench-rules, all allowed to all else. */
void cgroup_rules_write(unsigned int n);

void cgroup_rules_make_cgroups(void);

/* To a cgroup as deep as theirs are, and back. */
void cgroup_rules_move_task(bool there);
