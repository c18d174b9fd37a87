// SPDX-License-Identifier: GPL-2.0-only
#include "denials-read.h"

#include <string.h>

#include "cgroup-paths.h"
#include "clock.h"
#include "mountinfo.h"
#include "overflow.h"
#include "pins.h"
#include "ring.h"
#include "unit.h"
#include "util.h"

#define TRIES	3
#define QUICKLY (32 * 1024) /* bytes of the ring, where an answer has to come at once */

/* A record that is not sound is for the readers of the log to report. */
static int add(struct denials *d, enum decode_outcome outcome, const struct event *e)
{
	return outcome == DECODE_OK ? denials_add_event(d, e) : 0;
}

static int read_ring(const struct pins *pins, bool quickly, struct denials *d)
{
	struct event e = {};
	struct ring ring, copy;
	const void *record;
	uint64_t position;
	size_t len;
	int r = ring_open(pins->path, false, &ring);

	if (r < 0)
		return r;
	r = ring_history(&ring, quickly ? QUICKLY : SIZE_MAX, &copy, &position);
	if (r == 0) {
		while (r == 0 && ring_next(&copy, &position, &record, &len) == RING_RECORD)
			r = add(d, decode_record(record, len, &e), &e);
		ring_close(&copy);
	}
	ring_close(&ring);
	return r;
}

/* Adds n records. waiting: those without a number are repetitions of others. */
static int add_all(struct denials *d, const struct bpflock_decision_record *records, int n,
		   bool waiting)
{
	struct event e = {};
	int r = 0;

	for (int i = 0; i < n && r == 0; i++) {
		size_t before = d->n;

		r = add(d, decode_beside(&records[i], &e), &e);
		if (d->n > before)
			d->items[before].waiting = waiting && records[i].head.seq == UINT64_MAX;
	}
	return r;
}

static int read_beside(const struct pins *pins, bool quickly, struct denials *d)
{
	struct bpflock_decision_record *records = NULL;
	struct overflow overflow;
	int n, last, r;

	overflow_open(pins->path, false, &overflow);
	/* what found the ring full is mostly among the last records too */
	if (quickly) {
		close_fdp(&overflow.kept_fd);
		overflow.kept_fd = -1;
	}
	n = overflow_read(&overflow, &records, &last);
	r = n < 0 ? n : add_all(d, records, n, true);
	r = r ?: add_all(d, records + n, last, false);
	free(records);
	overflow_close(&overflow);
	return r;
}

/* While no number is given away nothing moves from beside the ring into it, where it would count
 * twice. */
int denials_read(const struct pins *pins, bool quickly, struct denials *d)
{
	struct bpflock_log_state before = {}, after = {};
	size_t had = d->n;
	int r = 0;

	for (int tries = 1; r == 0 && tries <= TRIES; tries++) {
		while (d->n > had)
			denials_drop_last(d);
		r = pins_read_log_state(pins, &before);
		r = r ?: read_ring(pins, quickly, d);
		r = r ?: read_beside(pins, quickly, d);
		if (r == 0 && pins_read_log_state(pins, &after) == 0 && after.seq == before.seq)
			break;
	}
	denials_unite(d);
	return r;
}

static char *copy_text(const char *s)
{
	return s ? strdup(s) : NULL;
}

static void name_cgroups(struct cgroup_paths *paths, struct denial *x)
{
	const char *unit;
	size_t len;

	if (!x->cgroup)
		x->cgroup = copy_text(cgroup_paths_find(paths, x->cgroup_id));
	if (!x->rule)
		x->rule = copy_text(cgroup_paths_find(paths, x->rule_cgroup));
	unit = x->cgroup && !x->unit ? unit_of_manager(x->cgroup, &len) : NULL;
	if (unit)
		x->unit = strndup(unit, len);
}

static void name_executable(struct mounts *mounts, uint64_t now, struct denial *x)
{
	char path[2 * PATH_MAX], *whole;

	if (!x->exe || !x->exe_dev || x->exe[0] != '/' ||
	    !mountinfo_find(mounts, now, x->exe_dev, x->exe, path, sizeof(path)))
		return;
	whole = strdup(path);
	if (!whole)
		return;
	free(x->exe);
	x->exe = whole;
	x->exe_dev = 0;
}

void denials_read_names(struct denials *d)
{
	CLEANUP(cgroup_paths_done) struct cgroup_paths paths;
	CLEANUP(mountinfo_done) struct mounts mounts = {};
	uint64_t now = clock_boottime();

	cgroup_paths_init(&paths);
	for (size_t i = 0; i < d->n; i++) {
		name_cgroups(&paths, &d->items[i]);
		name_executable(&mounts, now, &d->items[i]);
	}
}

void denials_read_newest(const struct pins *pins, size_t n, struct denials *d)
{
	if (denials_read(pins, true, d) < 0) {
		denials_done(d);
		return;
	}
	denials_merge(d);
	while (d->n > n)
		denials_drop_last(d);
	denials_read_names(d);
}
