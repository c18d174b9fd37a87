// SPDX-License-Identifier: GPL-2.0-only
#include "log-snapshot.h"

#include <errno.h>

#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "decode.h"
#include "overflow.h"
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

/* All that is left of the log at one moment. */
struct remains {
	struct ring copy;
	uint64_t position;
	struct bpflock_decision_record *beside; /* owned */
	int n_beside;
};

static void remains_done(struct remains *r)
{
	ring_close(&r->copy);
	free(r->beside);
}

static int look(const struct pins *pins, const struct ring *ring, struct remains *ret)
{
	struct bpflock_decision_record *beside;
	struct overflow overflow;
	struct ring copy;
	uint64_t position = ring_consumer(ring);
	int n, r = ring_snapshot(ring, position, &copy);

	if (r < 0)
		return r;
	overflow_open(pins->path, false, &overflow);
	n = overflow_read(&overflow, &beside);
	overflow_close(&overflow);
	if (n < 0) {
		ring_close(&copy);
		return n;
	}
	*ret = (struct remains){ copy, position, beside, n };
	return 0;
}

/* While no number is given away nothing moves from beside the ring into it. */
static int look_at_rest(const struct pins *pins, const struct ring *ring, struct remains *ret)
{
	struct bpflock_log_state before, after;
	int r = -ESTALE;

	for (int tries = 1; r < 0 && tries <= SNAPSHOT_TRIES; tries++) {
		r = pins_read_log_state(pins, &before);
		if (r == 0)
			r = look(pins, ring, ret);
		if (r < 0 && r != -ESTALE)
			return r;
		/* in the end a few uses counted as unrecorded are better than no answer */
		if (r < 0 || tries == SNAPSHOT_TRIES)
			continue;
		if (pins_read_log_state(pins, &after) < 0 || after.seq != before.seq) {
			remains_done(ret);
			r = -ESTALE;
		}
	}
	return r;
}

struct taker {
	log_snapshot_fn take;
	void *arg;
};

/* A record that is not sound is for the readers of the log to report. */
static int take(const struct taker *t, enum decode_outcome outcome, const struct event *e,
		struct cgroups *cgroups)
{
	if (outcome != DECODE_OK)
		return 0;
	return t->take(t->arg, e, cgroup_path(cgroups, e->head.cgroup_id),
		       cgroup_path(cgroups, e->rule_cgroup));
}

int log_snapshot_read(const struct pins *pins, log_snapshot_fn fn, void *arg)
{
	const struct taker taker = { fn, arg };
	CLEANUP(cgroups_done) struct cgroups cgroups = { .root_fd = cgroupfs_open() };
	struct remains remains;
	const void *record;
	struct event e = {};
	struct ring ring;
	size_t len;
	int r = ring_open(pins->path, false, &ring);

	if (r < 0)
		return r;
	r = look_at_rest(pins, &ring, &remains);
	if (r == 0) {
		while (r == 0 && ring_next(&remains.copy, &remains.position, &record, &len) ==
					 RING_RECORD)
			r = take(&taker, decode_record(record, len, &e), &e, &cgroups);
		for (int i = 0; r == 0 && i < remains.n_beside; i++)
			r = take(&taker, decode_beside(&remains.beside[i], &e), &e, &cgroups);
		remains_done(&remains);
	}
	ring_close(&ring);
	return r;
}
