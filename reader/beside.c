// SPDX-License-Identifier: GPL-2.0-only
#include "beside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "../policy/ask.h"
#include "../policy/pins.h"
#include "../policy/util.h"

#define LOCK_TRIES 10000 /* a program holds it for the time of a copy, unless it is preempted */

static void *map(const char *set_path, const char *pin, size_t size, bool writable)
{
	/* writable in any case: the kernel maps no other fd, since mmap() takes sharing from it */
	CLEANUP(close_fdp) int fd = pins_open_map(set_path, pin, true);
	void *p;

	if (fd < 0)
		return NULL;
	p = mmap(NULL, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

void beside_open(const char *set_path, bool consume, struct beside *ret)
{
	*ret = (struct beside)BESIDE_INIT;
	ret->consume = consume;
	ret->carry_fd = pins_open_map(set_path, PIN_CARRY, true);
	ret->ask_fd = ask_open(set_path);
	if (ret->ask_fd >= 0) {
		ret->take_fd = ask_open_program(set_path, "take");
		return;
	}
	ret->recent = map(set_path, PIN_RECENT, BPFLOCK_RECENT * sizeof(*ret->recent), false);
	ret->kept = map(set_path, PIN_KEPT, BPFLOCK_KEPT_MAX * sizeof(*ret->kept), consume);
}

void beside_close(struct beside *b)
{
	if (b->recent)
		munmap((void *)b->recent, BPFLOCK_RECENT * sizeof(*b->recent));
	if (b->kept)
		munmap(b->kept, BPFLOCK_KEPT_MAX * sizeof(*b->kept));
	close_fdp(&b->carry_fd);
	close_fdp(&b->ask_fd);
	close_fdp(&b->take_fd);
	*b = (struct beside)BESIDE_INIT;
}

static uint64_t boottime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static void carry_slot(const struct beside *b, uint32_t slot, bool force)
{
	struct bpflock_carry what = { .slot = slot, .force = force };

	/* busy or without room: they wait for the next time */
	ask_run(b->carry_fd, &what, sizeof(what));
}

static void carry_sealed(const struct beside *b, bool all)
{
	struct bpflock_question q = { .what = BPFLOCK_ASK_RECENT };

	/* it finds out by itself whether the window is over */
	while (ask(b->ask_fd, &q) >= 0)
		carry_slot(b, q.index - 1, all);
}

void beside_carry(const struct beside *b, bool all)
{
	uint64_t now = boottime();

	if (b->ask_fd >= 0 && b->carry_fd >= 0)
		carry_sealed(b, all);
	if (!b->recent || b->carry_fd < 0)
		return;
	for (uint32_t i = 0; i < BPFLOCK_RECENT; i++) {
		const struct bpflock_recent *slot = &b->recent[i];

		if (!__atomic_load_n(&slot->pending, __ATOMIC_RELAXED) ||
		    (!all && __atomic_load_n(&slot->until, __ATOMIC_RELAXED) > now))
			continue;
		carry_slot(b, i, all);
	}
}

/*
 * A program takes its number with the lock held, so whoever knows a number and gets the lock sees its
 * record. Programs do not wait for us: they drop theirs, and count that.
 */
static bool lock(struct beside *b, struct bpflock_kept *slot)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!b->consume && __atomic_load_n(&slot->busy, __ATOMIC_ACQUIRE) == 0)
			return true;
		if (b->consume && __atomic_exchange_n(&slot->busy, 1, __ATOMIC_ACQ_REL) == 0)
			return true;
	}
	return false;
}

static void unlock(struct beside *b, struct bpflock_kept *slot)
{
	if (b->consume)
		__atomic_exchange_n(&slot->busy, 0, __ATOMIC_ACQ_REL);
}

/* Copies slot i if its number is wanted. To look only, a copy that may be torn is no copy. */
static bool take(struct beside *b, uint32_t i, uint64_t first, uint64_t last,
		 struct bpflock_decision_record *ret)
{
	struct bpflock_kept *slot = &b->kept[i];
	struct bpflock_decision_record again;
	bool wanted;

	if (__atomic_load_n(&slot->busy, __ATOMIC_ACQUIRE) == 0 &&
	    (!slot->record.head.size || slot->record.head.seq < first ||
	     slot->record.head.seq > last))
		return false;
	if (!lock(b, slot))
		return false;
	*ret = slot->record;
	wanted = ret->head.size && ret->head.seq >= first && ret->head.seq <= last;
	if (b->consume && wanted) {
		slot->claimed = 1;
		b->taken[b->n_taken++] = (struct taken){ i, ret->head.seq };
	}
	unlock(b, slot);
	if (!b->consume) {
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		again = slot->record;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		wanted = wanted && memcmp(&again, ret, sizeof(again)) == 0 &&
			 __atomic_load_n(&slot->busy, __ATOMIC_ACQUIRE) == 0;
	}
	return wanted;
}

static int by_seq(const void *a, const void *b)
{
	uint64_t x = ((const struct bpflock_decision_record *)a)->head.seq;
	uint64_t y = ((const struct bpflock_decision_record *)b)->head.seq;

	return (x > y) - (x < y);
}

/* The same of a sealed set, by its programs. A slot may be replaced in between: then it is another number. */
static size_t take_sealed(struct beside *b, uint64_t first, uint64_t last,
			  struct bpflock_decision_record *ret, size_t max)
{
	struct bpflock_question q = { .what = BPFLOCK_ASK_KEPT, .first = first, .last = last };
	size_t n = 0;
	int r;

	while (n < max && b->n_taken < ARRAY_SIZE(b->taken) && (r = ask(b->ask_fd, &q)) >= 0) {
		const struct bpflock_decision_record *record = &q.answer.kept.record;
		struct bpflock_taking what = { .slot = q.index - 1, .seq = record->head.seq };

		/* 0: a program is writing there, and takes a number later than any we want */
		if (!r || (b->consume && ask_run(b->take_fd, &what, sizeof(what)) != 0))
			continue;
		ret[n++] = *record;
		if (b->consume)
			b->taken[b->n_taken++] = (struct taken){ what.slot, what.seq };
	}
	return n;
}

static void release_sealed(struct beside *b)
{
	for (size_t i = 0; i < b->n_taken; i++) {
		struct bpflock_taking what = { .slot = b->taken[i].index, .seq = b->taken[i].seq,
					       .free = 1 };

		ask_run(b->take_fd, &what, sizeof(what));
	}
	b->n_taken = 0;
}

size_t beside_take(struct beside *b, uint64_t first, uint64_t last,
		   struct bpflock_decision_record *ret_records, size_t max)
{
	size_t n = b->ask_fd >= 0 ? take_sealed(b, first, last, ret_records, max) : 0;

	for (uint32_t i = 0; b->kept && i < BPFLOCK_KEPT_MAX && n < max; i++)
		if (b->n_taken < ARRAY_SIZE(b->taken) && take(b, i, first, last, &ret_records[n]))
			n++;
	qsort(ret_records, n, sizeof(*ret_records), by_seq);
	return n;
}

void beside_release(struct beside *b)
{
	if (b->ask_fd >= 0) {
		release_sealed(b);
		return;
	}
	for (size_t i = 0; i < b->n_taken; i++) {
		struct bpflock_kept *slot = &b->kept[b->taken[i].index];

		if (!lock(b, slot))
			continue; /* it is being replaced, and was claimed */
		if (slot->record.head.seq == b->taken[i].seq) {
			slot->record.head.size = 0;
			slot->claimed = 0;
		}
		unlock(b, slot);
	}
	b->n_taken = 0;
}
