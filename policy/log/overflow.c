// SPDX-License-Identifier: GPL-2.0-only
#include "overflow.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ask.h"
#include "clock.h"
#include "kept.h"
#include "pins.h"
#include "util.h"

#define BUSY_TRIES 100 /* a program holds a slot for the time of a copy, unless it is preempted */

#define SLOTS_MAX  (BPFLOCK_KEPT_MAX > BPFLOCK_RECENT ? BPFLOCK_KEPT_MAX : BPFLOCK_RECENT)
#define SLOTS_SIZE (SLOTS_MAX * sizeof(struct bpflock_recent))
_Static_assert(sizeof(struct bpflock_kept) <= sizeof(struct bpflock_recent), "slots of both fit");
_Static_assert(offsetof(struct bpflock_recent, busy) == 0 &&
		       offsetof(struct bpflock_kept, busy) == 0,
	       "is_busy() looks there");

static bool read_map(int fd, void *values, size_t size, uint32_t n)
{
	static uint32_t keys[SLOTS_MAX];
	uint32_t next, count = n;

	/* kernels say so at the end of the map, which may have fewer */
	if (bpf_map_lookup_batch(fd, NULL, &next, keys, values, &count, NULL) < 0 &&
	    errno != ENOENT)
		return false;
	memset((char *)values + count * size, 0, (n - count) * size);
	return true;
}

/* A sealed set gives nobody its maps: the fd is that of the program which is asked. */
static bool read_answers(int fd, enum bpflock_ask what, struct bpflock_recent *slots)
{
	struct bpflock_question q = { .what = what };
	const struct bpflock_slots *a = &q.answer.recent;
	int r;

	do {
		r = ask(fd, &q);
		for (int i = 0; i < r && i < BPFLOCK_ASK_SLOTS; i++)
			if (a->index[i] < BPFLOCK_RECENT)
				slots[a->index[i]] = a->slots[i];
	} while (r == BPFLOCK_ASK_SLOTS);
	return r >= 0;
}

static bool read_kept_answers(int fd, struct bpflock_kept *slots)
{
	struct bpflock_question q = { .what = BPFLOCK_ASK_KEPT };
	int r;

	while ((r = ask(fd, &q)) >= 0 && q.index && q.index <= BPFLOCK_KEPT_MAX)
		slots[q.index - 1] = r ? q.answer.kept : (struct bpflock_kept){ .busy = 1 };
	return r == -ENOENT;
}

static bool read_sealed(int fd, void *values, size_t size, uint32_t n)
{
	memset(values, 0, size * n);
	return size == sizeof(struct bpflock_kept) ? read_kept_answers(fd, values)
						   : read_answers(fd, BPFLOCK_ASK_RECENT, values);
}

static bool read_sealed_last(int fd, void *values, size_t size, uint32_t n)
{
	memset(values, 0, size * n);
	return read_answers(fd, BPFLOCK_ASK_LAST, values);
}

static int run_program(int fd, struct bpflock_consume *what)
{
	/* a syscall program's context is written back to where it was read */
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = what, .ctx_size_in = sizeof(*what));

	return bpf_prog_test_run_opts(fd, &opts) < 0 ? -errno : (int)opts.retval;
}

void overflow_open(const char *set_path, bool consume, struct overflow *ret)
{
	*ret = (struct overflow)OVERFLOW_INIT;
	ret->ask_fd = ask_open(set_path);
	ret->read = ret->ask_fd >= 0 ? read_sealed : read_map;
	ret->still = ret->ask_fd >= 0;
	ret->run = run_program;
	ret->recent_fd = ret->ask_fd >= 0 ? fcntl(ret->ask_fd, F_DUPFD_CLOEXEC, 3) : pins_open_map(set_path, PIN_RECENT, false);
	ret->kept_fd = ret->ask_fd >= 0 ? fcntl(ret->ask_fd, F_DUPFD_CLOEXEC, 3) : pins_open_map(set_path, PIN_KEPT, false);
	ret->consume_fd = pins_open_map(set_path, PIN_CONSUME, true);
	/* without the program what is kept can be printed, but not be taken */
	ret->consume = consume && ret->consume_fd >= 0;
}

void overflow_close(struct overflow *b)
{
	close_fdp(&b->recent_fd);
	close_fdp(&b->kept_fd);
	close_fdp(&b->consume_fd);
	close_fdp(&b->ask_fd);
	*b = (struct overflow)OVERFLOW_INIT;
}

bool overflow_wait(const struct overflow *b)
{
	struct bpflock_consume what = { .action = BPFLOCK_CONSUME_WAIT };

	return b->consume_fd >= 0 && b->run(b->consume_fd, &what) == BPFLOCK_CONSUME_DONE;
}

/*
 * Has a record written for a slot's repetitions, if it is time. When that is to be tried again, or may have to be:
 * one that is busy, or that the ring has no room for, waits for the next time. 0: there is no need.
 */
static uint64_t carry(const struct overflow *b, const struct bpflock_recent *slot, uint32_t i,
		      bool all, uint64_t now)
{
	struct bpflock_consume what = { .action = BPFLOCK_CONSUME_CARRY, .slot = i, .force = all };

	if (slot->pending && (all || slot->until <= now)) {
		b->run(b->consume_fd, &what);
		return now;
	}
	return slot->until > now ? slot->until : 0;
}

uint64_t overflow_carry(const struct overflow *b, bool all)
{
	static struct bpflock_recent slots[BPFLOCK_RECENT];
	uint64_t now = clock_boottime(), next = 0;

	if (b->recent_fd < 0 || b->consume_fd < 0)
		return 0;
	if (!b->read(b->recent_fd, slots, sizeof(slots[0]), ARRAY_SIZE(slots)))
		return now;
	for (uint32_t i = 0; i < ARRAY_SIZE(slots); i++) {
		uint64_t again = carry(b, &slots[i], i, all, now);

		if (again && (!next || again < next))
			next = again;
	}
	return next;
}

static int run_until_done(const struct overflow *b, struct bpflock_consume *what)
{
	int r = BPFLOCK_CONSUME_BUSY;

	for (int i = 0; i < BUSY_TRIES && r == BPFLOCK_CONSUME_BUSY; i++) {
		if (i)
			sched_yield();
		r = b->run(b->consume_fd, what);
	}
	return r;
}

static bool claim(struct overflow *b, uint32_t i, uint64_t first, uint64_t last,
		  struct bpflock_decision_record *ret)
{
	struct bpflock_consume what = {
		.action = BPFLOCK_CONSUME_CLAIM, .slot = i, .first = first, .last = last
	};

	if (b->n_taken == ARRAY_SIZE(b->taken) || run_until_done(b, &what) != BPFLOCK_CONSUME_DONE)
		return false;
	*ret = what.record;
	b->taken[b->n_taken++] = (struct taken){ i, ret->head.seq };
	return true;
}

/* Slots of one of the maps; record: where a slot has its record. */
struct slots {
	void *values;
	size_t size, record;
	uint32_t n;
};

static char *slot_at(const struct slots *s, const void *values, uint32_t i)
{
	return (char *)values + i * s->size;
}

static bool is_busy(const char *slot)
{
	return *(const __u64 *)(const void *)slot != 0;
}

static bool is_empty(const struct slots *s, const char *slot)
{
	const struct bpflock_decision_record *record = (const void *)(slot + s->record);

	return record->head.size == 0;
}

/* Takes over what is read again of a slot. Whether its record is whole. */
static bool settle(const struct slots *s, bool still, char *slot, const char *again)
{
	bool same = !is_busy(slot) &&
		    memcmp(slot + s->record, again + s->record, s->size - s->record) == 0;

	memcpy(slot, again, s->size);
	return !is_busy(again) && (still || same || is_empty(s, again));
}

/*
 * Reads slots, the records of which are whole then. Programs write them under a lock that we cannot take, so one in use
 * is read until it is twice the same, unless a program copies it under the lock. One that is written all the time
 * reads as empty.
 */
static bool read_still(const struct overflow *b, int fd, const struct slots *s)
{
	static _Alignas(8) char again[SLOTS_SIZE];
	static bool done[SLOTS_MAX];
	uint32_t left = 0;

	if (!b->read(fd, s->values, s->size, s->n))
		return false;
	for (uint32_t i = 0; i < s->n; i++) {
		const char *slot = slot_at(s, s->values, i);

		done[i] = !is_busy(slot) && (b->still || is_empty(s, slot));
		left += !done[i];
	}
	for (int tries = 1; left && tries < BUSY_TRIES; tries++) {
		if (!b->read(fd, again, s->size, s->n))
			return false;
		for (uint32_t i = 0; i < s->n; i++) {
			if (done[i])
				continue;
			done[i] = settle(s, b->still, slot_at(s, s->values, i),
					 slot_at(s, again, i));
			left -= done[i];
		}
	}
	for (uint32_t i = 0; left && i < s->n; i++)
		if (!done[i])
			memset(slot_at(s, s->values, i), 0, s->size);
	return true;
}

static bool read_kept_still(const struct overflow *b, struct bpflock_kept slots[BPFLOCK_KEPT_MAX])
{
	const struct slots s = { slots, sizeof(*slots), offsetof(struct bpflock_kept, record),
				 BPFLOCK_KEPT_MAX };

	return read_still(b, b->kept_fd, &s);
}

static bool read_recent_still(const struct overflow *b, struct bpflock_recent slots[BPFLOCK_RECENT])
{
	const struct slots s = { slots, sizeof(*slots), offsetof(struct bpflock_recent, record),
				 BPFLOCK_RECENT };

	return read_still(b, b->recent_fd, &s);
}

static int by_seq(const void *a, const void *b)
{
	uint64_t x = ((const struct bpflock_decision_record *)a)->head.seq;
	uint64_t y = ((const struct bpflock_decision_record *)b)->head.seq;

	return (x > y) - (x < y);
}

/*
 * A program takes its number with the slot locked, so whoever knows a number finds the slot busy or
 * with its record in it. Programs do not wait for us: they drop theirs, and count that.
 */
size_t overflow_take(struct overflow *b, uint64_t first, uint64_t last,
		     struct bpflock_decision_record *ret_records, size_t max)
{
	static struct bpflock_kept slots[BPFLOCK_KEPT_MAX];
	size_t n = 0;

	if (b->kept_fd < 0 ||
	    !(b->consume ? b->read(b->kept_fd, slots, sizeof(slots[0]), ARRAY_SIZE(slots))
			 : read_kept_still(b, slots)))
		return 0;
	for (uint32_t i = 0; i < ARRAY_SIZE(slots) && n < max; i++) {
		if (!slots[i].busy && !bpflock_kept_is_wanted(&slots[i], first, last))
			continue;
		if (!b->consume)
			ret_records[n++] = slots[i].record;
		else if (claim(b, i, first, last, &ret_records[n]))
			n++;
	}
	qsort(ret_records, n, sizeof(*ret_records), by_seq);
	return n;
}

void overflow_release(struct overflow *b)
{
	for (size_t i = 0; i < b->n_taken; i++) {
		struct bpflock_consume what = { .action = BPFLOCK_CONSUME_RELEASE,
						.slot = b->taken[i].index,
						.first = b->taken[i].seq,
						.last = b->taken[i].seq };

		/* one that is busy is being replaced, and was claimed */
		run_until_done(b, &what);
	}
	b->n_taken = 0;
}

/* A record of a slot of recent, for n decisions. */
static struct bpflock_decision_record record_of(const struct bpflock_recent *slot, uint32_t n,
						uint64_t time)
{
	struct bpflock_decision_record record = slot->record;

	record.head.count = n;
	record.head.time = time;
	record.head.seq = UINT64_MAX;
	return record;
}

/*
 * Reads recent: into ret the records of repetitions that wait, into last (or NULL) those of all slots in use.
 * How many of either.
 */
static int read_recent(const struct overflow *b, struct bpflock_decision_record *ret,
		       struct bpflock_decision_record *last, int *ret_last)
{
	static struct bpflock_recent slots[BPFLOCK_RECENT];
	struct overflow from = *b;
	int n = 0;

	if (b->recent_fd < 0)
		return 0;
	if (last && b->read == read_sealed)
		from.read = read_sealed_last;
	if (!read_recent_still(&from, slots))
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++) {
		if (!slots[i].record.head.size)
			continue;
		if (slots[i].pending)
			ret[n++] = record_of(&slots[i], slots[i].pending, slots[i].last);
		if (last)
			last[(*ret_last)++] = record_of(&slots[i], 1, slots[i].record.head.time);
	}
	return n;
}

static int read_kept(const struct overflow *b, struct bpflock_decision_record *ret)
{
	static struct bpflock_kept slots[BPFLOCK_KEPT_MAX];
	int n = 0;

	if (b->kept_fd < 0)
		return 0;
	if (!read_kept_still(b, slots))
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
		if (slots[i].record.head.size)
			ret[n++] = slots[i].record;
	return n;
}

int overflow_read(const struct overflow *b, struct bpflock_decision_record **ret_records,
		  int *ret_last)
{
	struct bpflock_decision_record *last, *records =
		calloc(2 * BPFLOCK_RECENT + BPFLOCK_KEPT_MAX, sizeof(*records));
	int n, more, n_last = 0;

	if (!records)
		return -ENOMEM;
	last = records + BPFLOCK_RECENT + BPFLOCK_KEPT_MAX;
	n = read_recent(b, records, ret_last ? last : NULL, &n_last);
	more = n < 0 ? n : read_kept(b, records + n);
	if (more < 0) {
		free(records);
		return more;
	}
	memmove(records + n + more, last, n_last * sizeof(*last));
	if (ret_last)
		*ret_last = n_last;
	*ret_records = records;
	return n + more;
}
