/* SPDX-License-Identifier: GPL-2.0-only */
/* Between cgroups.c, the table, and cgroups-resolve.c, which finds out what to put into it. */
#pragma once

#include "cgroups.h"

/* Finds out the path of g and sets its state; one that stays UNKNOWN will be tried again. */
void cgroups_resolve(struct cgroups *c, struct cgroup *g, uint64_t now);

/* Enters a path into g. Without memory for it g stays as it is. */
void cgroup_name(struct cgroup *g, const char *path, uint64_t now);

/* Takes note of a cgroup that was come across, if there is room. */
void cgroups_seen(struct cgroups *c, uint64_t id, const char *path, uint64_t now);
