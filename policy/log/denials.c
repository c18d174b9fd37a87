// SPDX-License-Identifier: GPL-2.0-only
#include "denials.h"

#include <errno.h>
#include <string.h>

#include "util.h"

static void free_texts(struct denial *x)
{
	free(x->cgroup);
	free(x->rule);
	free(x->unit);
	free(x->exe);
}

void denials_done(struct denials *d)
{
	for (size_t i = 0; i < d->n; i++)
		free_texts(&d->items[i]);
	free(d->items);
	*d = (struct denials){};
}

int denials_add(struct denials *d, struct denial *one)
{
	if (!array_grow(&d->items, d->n, sizeof(*d->items))) {
		free_texts(one);
		return -ENOMEM;
	}
	d->items[d->n++] = *one;
	return 0;
}

void denials_drop_last(struct denials *d)
{
	free_texts(&d->items[--d->n]);
}

int denials_add_event(struct denials *d, const struct event *e)
{
	struct denial one = {
		.time = e->head.time,
		.since = e->head.time,
		.count = e->count,
		.seq = e->head.seq == UINT64_MAX ? 0 : e->head.seq,
		.generation = e->head.generation,
		.cgroup_id = e->head.cgroup_id,
		.rule_cgroup = e->rule_cgroup,
		.reason = e->reason,
		.pid = e->head.pid,
		.tgid = e->head.tgid,
		.uid = e->head.uid,
		.netns = e->head.netns,
		.pidns = e->head.pidns,
		.verdict = e->verdict,
		.why = e->why,
		.profile = e->profile,
		.by = e->by,
		.loginuid = e->head.loginuid,
		.exe_dev = e->exe_dev,
	};

	if (e->kind != EVENT_LOCKED_DOWN || e->verdict == BPFLOCK_VERDICT_ALLOW)
		return 0;
	memcpy(one.comm, e->head.comm, sizeof(one.comm));
	if (e->exe[0])
		one.exe = strdup(e->exe);
	memcpy(one.about, e->about, sizeof(one.about));
	return denials_add(d, &one);
}

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int by_moment(const struct denial *x, const struct denial *y)
{
	return compare(x->time, y->time) ?: compare(x->waiting, y->waiting) ?:
	       compare(x->pid, y->pid) ?: compare(x->reason, y->reason) ?:
	       compare(x->verdict, y->verdict);
}

static int by_identity(const void *a, const void *b)
{
	const struct denial *x = a, *y = b;

	return by_moment(x, y) ?: compare(x->seq, y->seq);
}

/*
 * Two records of one decision have the same time, to the nanosecond, and the same process and question. A decision and
 * its repetitions in the same tick have that too, but other numbers.
 */
static bool is_same(const struct denial *x, const struct denial *y)
{
	return by_moment(x, y) == 0 && (!x->seq || !y->seq || x->seq == y->seq);
}

/* Units and paths outlive ids: a service that is started again has another cgroup of the same path.
 */
static int by_subject(const struct denial *x, const struct denial *y)
{
	int r = compare(!x->unit, !y->unit);

	if (r == 0 && x->unit)
		return strcmp(x->unit, y->unit);
	r = r ?: compare(!x->cgroup, !y->cgroup);
	if (r == 0 && x->cgroup)
		return strcmp(x->cgroup, y->cgroup);
	return r ?: compare(x->cgroup_id, y->cgroup_id);
}

static int by_likeness(const void *a, const void *b)
{
	const struct denial *x = a, *y = b;

	return compare(x->reason, y->reason) ?: compare(x->verdict, y->verdict) ?:
	       compare(x->by, y->by) ?: compare(x->why, y->why) ?: compare(x->profile, y->profile) ?:
	       compare(x->rule_cgroup, y->rule_cgroup) ?: compare_texts(x->rule, y->rule) ?:
	       compare(x->uid, y->uid) ?: strcmp(x->comm, y->comm) ?: compare_texts(x->exe, y->exe) ?: by_subject(x, y);
}

static int newest_first(const void *a, const void *b)
{
	const struct denial *x = a, *y = b;

	return compare(y->time, x->time) ?: compare(y->seq, x->seq) ?: by_likeness(a, b);
}

static void take_text(char **to, char **from)
{
	if (!*to)
		*to = TAKE_PTR(*from);
}

/* Both are of one decision: what one does not know the other may. */
static void unite(struct denial *to, struct denial *from)
{
	if (from->count > to->count)
		to->count = from->count;
	if (!to->seq)
		to->seq = from->seq;
	if (!to->cgroup_id) /* by an entry that says less */
		to->cgroup_id = from->cgroup_id;
	take_text(&to->cgroup, &from->cgroup);
	take_text(&to->rule, &from->rule);
	take_text(&to->unit, &from->unit);
	if (!to->exe)
		to->exe_dev = from->exe_dev;
	take_text(&to->exe, &from->exe);
}

static void merge(struct denial *to, struct denial *from)
{
	if (from->time > to->time) {
		to->time = from->time;
		to->seq = from->seq;
		to->pid = from->pid;
		to->tgid = from->tgid;
		to->cgroup_id = from->cgroup_id;
		to->generation = from->generation;
		to->netns = from->netns;
		to->pidns = from->pidns;
		to->loginuid = from->loginuid;
		memcpy(to->about, from->about, sizeof(to->about));
	}
	if (from->since < to->since)
		to->since = from->since;
	to->count += from->count;
	take_text(&to->cgroup, &from->cgroup);
	take_text(&to->rule, &from->rule);
	take_text(&to->unit, &from->unit);
}

static bool is_alike(const struct denial *x, const struct denial *y)
{
	return by_likeness(x, y) == 0;
}

/* Sorts them, and makes one of all that follow each other and are the same. */
static void join(struct denials *d, int (*order)(const void *a, const void *b),
		 bool (*same)(const struct denial *x, const struct denial *y),
		 void (*add)(struct denial *to, struct denial *from))
{
	size_t kept = 0;

	if (!d->n)
		return;
	qsort(d->items, d->n, sizeof(*d->items), order);
	for (size_t i = 1; i < d->n; i++) {
		if (same(&d->items[kept], &d->items[i])) {
			add(&d->items[kept], &d->items[i]);
			free_texts(&d->items[i]);
		} else {
			d->items[++kept] = d->items[i];
		}
	}
	d->n = kept + 1;
}

void denials_unite(struct denials *d)
{
	join(d, by_identity, is_same, unite);
}

void denials_merge(struct denials *d)
{
	join(d, by_likeness, is_alike, merge);
	if (d->n)
		qsort(d->items, d->n, sizeof(*d->items), newest_first);
}

uint64_t denials_count(const struct denials *d, uint32_t verdict)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < d->n; i++)
		sum += d->items[i].verdict == verdict ? d->items[i].count : 0;
	return sum;
}
