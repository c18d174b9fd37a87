// SPDX-License-Identifier: GPL-2.0-only
#include "log-snapshot.h"

#include <errno.h>

#include "cgroup-paths.h"
#include "decode.h"
#include "overflow.h"
#include "ring.h"
#include "util.h"

#define SNAPSHOT_TRIES 10

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
	n = overflow_read(&overflow, &beside, NULL);
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
		struct cgroup_paths *cgroups)
{
	if (outcome != DECODE_OK)
		return 0;
	return t->take(t->arg, e, cgroup_paths_find(cgroups, e->head.cgroup_id),
		       cgroup_paths_find(cgroups, e->rule_cgroup));
}

int log_snapshot_read(const struct pins *pins, log_snapshot_fn fn, void *arg)
{
	const struct taker taker = { fn, arg };
	CLEANUP(cgroup_paths_done) struct cgroup_paths cgroups;
	struct remains remains;
	const void *record;
	struct event e = {};
	struct ring ring;
	size_t len;
	int r = ring_open(pins->path, false, &ring);

	cgroup_paths_init(&cgroups);
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
