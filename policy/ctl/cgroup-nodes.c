// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup-nodes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "util.h"

static int add_one(struct cgroup_nodes *nodes, const char *path, size_t len,
		   enum cgroup_presence presence, bool processes)
{
	struct cgroup_node node = { .presence = presence, .processes = processes };

	if (!array_grow(&nodes->items, nodes->n, sizeof(*nodes->items)))
		return -ENOMEM;
	node.path = strndup(path, len);
	if (!node.path)
		return -ENOMEM;
	nodes->items[nodes->n++] = node;
	return 0;
}

int cgroup_nodes_add(struct cgroup_nodes *nodes, const char *path, enum cgroup_presence presence,
		     bool processes)
{
	size_t len = strlen(path);
	int r = add_one(nodes, path, len, presence, processes);

	/* what is above a cgroup that is there is there, too */
	if (presence != CGROUP_PRESENT)
		presence = CGROUP_UNKNOWN;
	while (r == 0 && len > 1) {
		do
			len--;
		while (len > 0 && path[len] != '/');
		r = add_one(nodes, path, len ?: 1, presence, false);
	}
	return r;
}

/* A slash comes before all else, so that children follow their parent. */
static int by_path(const void *a, const void *b)
{
	const char *x = ((const struct cgroup_node *)a)->path;
	const char *y = ((const struct cgroup_node *)b)->path;

	while (*x && *x == *y)
		x++, y++;
	if (*x == *y)
		return 0;
	if (!*x || !*y)
		return *x ? 1 : -1;
	if (*x == '/' || *y == '/')
		return *x == '/' ? -1 : 1;
	return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
}

static void merge(struct cgroup_nodes *nodes)
{
	size_t n = 0;

	for (size_t i = 0; i < nodes->n; i++) {
		struct cgroup_node *node = &nodes->items[i];
		struct cgroup_node *same = n ? &nodes->items[n - 1] : NULL;

		if (!same || strcmp(same->path, node->path) != 0) {
			nodes->items[n++] = *node;
			continue;
		}
		if (node->presence > same->presence)
			same->presence = node->presence;
		same->processes = same->processes || node->processes;
		free(node->path);
	}
	nodes->n = n;
}

void cgroup_nodes_finish(struct cgroup_nodes *nodes)
{
	bool later[BPFLOCK_LEVELS_MAX + 1] = {}; /* a sibling at that depth comes later */

	if (!nodes->n)
		return;
	qsort(nodes->items, nodes->n, sizeof(*nodes->items), by_path);
	merge(nodes);
	for (size_t i = nodes->n; i-- > 0;) {
		unsigned int depth = policy_path_depth(nodes->items[i].path);

		/* deeper than the kernel looks: there are no rules */
		if (depth > BPFLOCK_LEVELS_MAX)
			depth = BPFLOCK_LEVELS_MAX;
		nodes->items[i].last = !later[depth];
		later[depth] = true;
		for (unsigned int k = depth + 1; k <= BPFLOCK_LEVELS_MAX; k++)
			later[k] = false;
	}
}

void cgroup_nodes_done(struct cgroup_nodes *nodes)
{
	for (size_t i = 0; i < nodes->n; i++)
		free(nodes->items[i].path);
	free(nodes->items);
	*nodes = (struct cgroup_nodes){};
}
