/* SPDX-License-Identifier: GPL-2.0-only */
/* Paths of cgroups as a tree: each with its ancestors, in the order in which it is drawn. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum cgroup_presence {
	CGROUP_UNKNOWN,
	CGROUP_ABSENT,
	CGROUP_PRESENT,
};

struct cgroup_node {
	char *path; /* "/": the root; owned */
	enum cgroup_presence presence;
	bool processes; /* it has some itself */
	bool last;	/* of its parent's children; see cgroup_nodes_finish() */
};

struct cgroup_nodes {
	struct cgroup_node *items; /* owned */
	size_t n;
};

/* Adds a node with these properties, and its ancestors. 0 or -ENOMEM. */
int cgroup_nodes_add(struct cgroup_nodes *nodes, const char *path, enum cgroup_presence presence,
		     bool processes);

/* Puts each node once, behind its parent and its elder siblings by name, and finds the last ones. */
void cgroup_nodes_finish(struct cgroup_nodes *nodes);

void cgroup_nodes_done(struct cgroup_nodes *nodes);
