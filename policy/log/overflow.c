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
#include "pins-lock.h"
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

	/* older kernels say so at the end of the map */
	if (bpf_map_lookup_batch(fd, NULL, &next, keys, values, &count, NULL) < 0 &&
	    errno != ENOENT)
		return false;
	return count == n;
}

/* A sealed set gives nobody its maps: the fd is that of the program which is asked. */
static bool read_answers(int fd, enum bpflock_ask what, void *values, size_t size, uint32_t n)
{
	struct bpflock_question q = { .what = what };
	int r;

	memset(values, 0, size * n);
	while ((r = ask(fd, &q)) >= 0 && q.index && q.index <= n) {
		char *slot = (char *)values + (q.index - 1) * size;

		if (r)
			memcpy(slot, &q.answer, size);
		else
			memcpy(slot, &(__u64){ 1 }, sizeof(__u64)); /* it is busy */
	}
	return r == -ENOENT;
}

static bool read_sealed(int fd, void *values, size_t size, uint32_t n)
{
	bool kept = size == sizeof(struct bpflock_kept);

	return read_answers(fd, kept ? BPFLOCK_ASK_KEPT : BPFLOCK_ASK_RECENT, values, size, n);
}

static bool read_sealed_last(int fd, void *values, size_t size, uint32_t n)
{
	return read_answers(fd, BPFLOCK_ASK_LAST, values, size, n);
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

void overflow_carry(const struct overflow *b, bool all)
{
	static struct bpflock_recent slots[BPFLOCK_RECENT];
	uint64_t now = clock_boottime();

	if (b->recent_fd < 0 || b->consume_fd < 0 ||
	    !b->read(b->recent_fd, slots, sizeof(slots[0]), ARRAY_SIZE(slots)))
		return;
	for (uint32_t i = 0; i < ARRAY_SIZE(slots); i++) {
		struct bpflock_consume what = { .action = BPFLOCK_CONSUME_CARRY,
						.slot = i,
						.force = all };

		/* busy or without room: they wait for the next time */
		if (slots[i].pending && (all || slots[i].until <= now))
			b->run(b->consume_fd, &what);
	}
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

static bool is_busy(const char *slot)
{
	return *(const __u64 *)slot != 0;
}

/*
 * Copies n slots of this size, the records of which (from `record` on) are whole: programs write
 * them under a lock that we cannot take, so each is read until it is twice the same. One that is
 * written all the time reads as empty.
 */
static bool read_still(const struct overflow *b, int fd, void *ret, size_t size, size_t record,
		       uint32_t n)
{
	static char first[SLOTS_SIZE], second[SLOTS_SIZE];
	static bool done[SLOTS_MAX];
	bool left = true;

	memset(ret, 0, size * n);
	memset(done, 0, sizeof(done));
	for (int tries = 0; left && tries < BUSY_TRIES; tries++) {
		left = false;
		if (!b->read(fd, first, size, n) || !b->read(fd, second, size, n))
			return false;
		for (uint32_t i = 0; i < n; i++) {
			const char *x = first + i * size, *y = second + i * size;

			if (done[i])
				continue;
			done[i] = !is_busy(x) && !is_busy(y) &&
				  memcmp(x + record, y + record, size - record) == 0;
			left |= !done[i];
			if (done[i])
				memcpy((char *)ret + i * size, y, size);
		}
	}
	return true;
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
			 : read_still(b, b->kept_fd, slots, sizeof(slots[0]),
				      offsetof(struct bpflock_kept, record), ARRAY_SIZE(slots))))
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

static int read_recent(const struct overflow *b, struct bpflock_decision_record *ret)
{
	static struct bpflock_recent slots[BPFLOCK_RECENT];
	int n = 0;

	if (b->recent_fd < 0)
		return 0;
	if (!read_still(b, b->recent_fd, slots, sizeof(slots[0]),
			offsetof(struct bpflock_recent, record), ARRAY_SIZE(slots)))
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++) {
		if (!slots[i].record.head.size || !slots[i].pending)
			continue;
		ret[n] = slots[i].record;
		ret[n].head.count = slots[i].pending;
		ret[n].head.time = slots[i].last;
		ret[n++].head.seq = UINT64_MAX;
	}
	return n;
}

static int read_kept(const struct overflow *b, struct bpflock_decision_record *ret)
{
	static struct bpflock_kept slots[BPFLOCK_KEPT_MAX];
	int n = 0;

	if (b->kept_fd < 0)
		return 0;
	if (!read_still(b, b->kept_fd, slots, sizeof(slots[0]),
			offsetof(struct bpflock_kept, record), ARRAY_SIZE(slots)))
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++)
		if (slots[i].record.head.size)
			ret[n++] = slots[i].record;
	return n;
}

int overflow_read(const struct overflow *b, struct bpflock_decision_record **ret_records)
{
	struct bpflock_decision_record *records =
		calloc(BPFLOCK_RECENT + BPFLOCK_KEPT_MAX, sizeof(*records));
	int n, more;

	if (!records)
		return -ENOMEM;
	n = read_recent(b, records);
	more = n < 0 ? n : read_kept(b, records + n);
	if (more < 0) {
		free(records);
		return more;
	}
	*ret_records = records;
	return n + more;
}

int overflow_read_last(const struct overflow *b, struct bpflock_decision_record **ret_records)
{
	static struct bpflock_recent slots[BPFLOCK_RECENT];
	struct bpflock_decision_record *records = calloc(BPFLOCK_RECENT, sizeof(*records));
	struct overflow from = *b;
	int n = 0;

	if (!records)
		return -ENOMEM;
	if (b->ask_fd >= 0)
		from.read = read_sealed_last;
	if (b->recent_fd < 0 ||
	    !read_still(&from, b->recent_fd, slots, sizeof(slots[0]),
			offsetof(struct bpflock_recent, record), ARRAY_SIZE(slots)))
		memset(slots, 0, sizeof(slots)); /* an older seal does not know the question */
	for (size_t i = 0; i < ARRAY_SIZE(slots); i++) {
		if (!slots[i].record.head.size)
			continue;
		records[n] = slots[i].record;
		records[n].head.count = 1;
		records[n++].head.seq = UINT64_MAX;
	}
	*ret_records = records;
	return n;
}

/* Decisions that wait for a record. What is kept has a number, as what is in the ring. */
static uint64_t count_waiting(const struct pins *p)
{
	struct bpflock_decision_record *records = NULL;
	struct overflow o;
	uint64_t sum = 0;
	int n;

	overflow_open(p->path, false, &o);
	n = overflow_read(&o, &records);
	for (int i = 0; i < n; i++)
		sum += records[i].head.seq == UINT64_MAX ? records[i].head.count : 0;
	free(records);
	overflow_close(&o);
	return sum;
}

bool overflow_describe_unread(const struct pins *p, char text[OVERFLOW_UNREAD_LEN])
{
	struct bpflock_reader_state read;
	struct bpflock_log_state state;
	uint64_t numbered, waiting;
	char maps[PATH_MAX];

	if ((p->log_state_fd < 0 && p->slots.ask < 0) || p->reader_fd < 0 ||
	    pins_path(maps, p->path, "maps") < 0 || pins_lock_is_held(maps) ||
	    pins_read_log_state(p, &state) < 0 || pins_read_reader_state(p, &read) < 0)
		return false;
	numbered = state.seq > read.seq ? state.seq - read.seq : 0;
	waiting = count_waiting(p);
	snprintf(text, OVERFLOW_UNREAD_LEN,
		 "%llu records and %llu repetitions that no bpflock-log drain has taken",
		 (unsigned long long)numbered, (unsigned long long)waiting);
	return numbered || waiting;
}
