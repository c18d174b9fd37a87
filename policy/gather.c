// SPDX-License-Identifier: GPL-2.0-only
#include "gather.h"

#include <errno.h>

#include "cgroupfs.h"
#include "decode.h"
#include "ring.h"
#include "util.h"

#define SNAPSHOT_TRIES 10

/* Paths of cgroups by their ids, each looked up once. */
struct cgroups {
	int root_fd; /* -1: cannot be told */
	struct cgroup_path {
		uint64_t id;
		char *path; /* owned; NULL: gone */
	} * items;	    /* owned */
	size_t n;
};

static void cgroups_done(struct cgroups *c)
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

/* NULL if it is gone, id 0 included. */
static const char *cgroup_path(struct cgroups *c, uint64_t id)
{
	struct cgroup_path *items;

	for (size_t i = 0; i < c->n; i++)
		if (c->items[i].id == id)
			return c->items[i].path;
	if (id == 0 || c->root_fd < 0)
		return NULL;
	items = realloc(c->items, (c->n + 1) * sizeof(*items));
	if (!items)
		return NULL;
	c->items = items;
	items[c->n] = (struct cgroup_path){ id, look_up(c->root_fd, id) };
	return items[c->n++].path;
}

static int take_copy(struct suggest *s, const struct ring *copy, uint64_t position,
		     struct cgroups *cgroups)
{
	const void *record;
	size_t len;
	int r = 0;

	while (r == 0 && ring_next(copy, &position, &record, &len) == RING_RECORD) {
		struct event e = {};

		/* what is no sound record is told by the readers of the log */
		if (decode_record(record, len, &e) != DECODE_OK)
			continue;
		r = suggest_take(s, &e, cgroup_path(cgroups, e.head.cgroup_id),
				 cgroup_path(cgroups, e.rule_cgroup));
	}
	return r;
}

int gather_records(const struct pins *pins, struct suggest *s)
{
	CLEANUP(cgroups_done) struct cgroups cgroups = { .root_fd = cgroupfs_open() };
	struct ring ring, copy;
	int r = ring_open(pins->path, false, &ring);

	if (r < 0)
		return r;
	r = -ESTALE;
	for (int tries = 0; r == -ESTALE && tries < SNAPSHOT_TRIES; tries++) {
		uint64_t position = ring_consumer(&ring);

		r = ring_snapshot(&ring, position, &copy);
		if (r < 0)
			continue;
		r = take_copy(s, &copy, position, &cgroups);
		ring_close(&copy);
	}
	ring_close(&ring);
	return r;
}
