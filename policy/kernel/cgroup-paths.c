// SPDX-License-Identifier: GPL-2.0-only
#include "cgroup-paths.h"

#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "util.h"

void cgroup_paths_init(struct cgroup_paths *c)
{
	*c = (struct cgroup_paths){ .root_fd = cgroupfs_open() };
}

void cgroup_paths_done(struct cgroup_paths *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->items[i].path);
	free(c->items);
	close_fdp(&c->root_fd);
}

static char *look_up(int root_fd, uint64_t id)
{
	CLEANUP(free_charp) char *path = NULL;
	bool gone;

	return cgroupfs_path_of_id(root_fd, id, &path, &gone) == 0 && !gone ? TAKE_PTR(path) : NULL;
}

const char *cgroup_paths_find(struct cgroup_paths *c, uint64_t id)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->items[i].id == id)
			return c->items[i].path;
	if (id == 0 || c->root_fd < 0 || !array_grow(&c->items, c->n, sizeof(*c->items)))
		return NULL;
	c->items[c->n] = (struct cgroup_path){ id, look_up(c->root_fd, id) };
	return c->items[c->n++].path;
}
