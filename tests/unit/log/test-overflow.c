// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"
#include "clock.h"
#include "kept.h"
#include "overflow.h"

/* The maps, and the program consume as far as it is about kept records. */
static struct bpflock_kept kept[BPFLOCK_KEPT_MAX];
static struct bpflock_recent recent[BPFLOCK_RECENT];
static struct bpflock_consume carried[8];
static size_t n_carried;
static struct overflow overflow;

enum {
	RECENT_FD = 1000000,
	KEPT_FD,
	CONSUME_FD,
};

static bool read_map(int fd, void *values, size_t size, uint32_t n)
{
	const void *map = fd == KEPT_FD ? (void *)kept : (void *)recent;

	assert_int_equal(size * n, fd == KEPT_FD ? sizeof(kept) : sizeof(recent));
	memcpy(values, map, size * n);
	return true;
}

static int run(int fd, struct bpflock_consume *what)
{
	assert_int_equal(fd, CONSUME_FD);
	if (what->action == BPFLOCK_CONSUME_WAIT)
		return BPFLOCK_CONSUME_DONE;
	if (what->action == BPFLOCK_CONSUME_CARRY) {
		assert_true(n_carried < ARRAY_SIZE(carried));
		carried[n_carried++] = *what;
		return BPFLOCK_CONSUME_DONE;
	}
	assert_true(what->slot < BPFLOCK_KEPT_MAX);
	if (kept[what->slot].busy)
		return BPFLOCK_CONSUME_BUSY;
	return what->action == BPFLOCK_CONSUME_CLAIM
		       ? bpflock_kept_claim(&kept[what->slot], what)
		       : bpflock_kept_release(&kept[what->slot], what);
}

/* As the programs leave it: slot i holds the record with this number. */
static void put(uint32_t i, uint64_t seq)
{
	kept[i].record.head.size = sizeof(kept[i].record);
	kept[i].record.head.seq = seq;
}

static int set_up(void **state)
{
	memset(kept, 0, sizeof(kept));
	memset(recent, 0, sizeof(recent));
	n_carried = 0;
	overflow = (struct overflow){ .recent_fd = RECENT_FD,
				  .kept_fd = KEPT_FD,
				  .consume_fd = CONSUME_FD,
				  .consume = true,
				  .read = read_map,
				  .run = run };
	return 0;
}

TEST_WITH(what_is_wanted_is_taken_in_order_and_given_back, set_up, NULL)
{
	struct bpflock_decision_record records[8];

	put(3, 30);
	put(5, 10);
	put(9, 20);
	put(11, 40);
	assert_int_equal(overflow_take(&overflow, 10, 30, records, 8), 3);
	assert_int_equal(records[0].head.seq, 10);
	assert_int_equal(records[1].head.seq, 20);
	assert_int_equal(records[2].head.seq, 30);
	/* until it is printed it stays, claimed: replaced now, it is not lost */
	assert_int_equal(kept[5].claimed, 1);
	assert_int_equal(kept[5].record.head.seq, 10);
	overflow_release(&overflow);
	assert_int_equal(kept[3].record.head.size, 0);
	assert_int_equal(kept[5].record.head.size, 0);
	assert_int_equal(kept[5].claimed, 0);
	assert_int_equal(kept[5].busy, 0);
	assert_int_equal(kept[11].record.head.seq, 40);
	assert_int_not_equal(kept[11].record.head.size, 0);
	assert_int_equal(overflow_take(&overflow, 1, 30, records, 8), 0);
}

TEST_WITH(a_slot_that_was_filled_anew_is_not_emptied, set_up, NULL)
{
	struct bpflock_decision_record records[8];

	put(5, 10);
	assert_int_equal(overflow_take(&overflow, 1, 99, records, 8), 1);
	put(5, 120);
	kept[5].claimed = 0;
	overflow_release(&overflow);
	assert_int_not_equal(kept[5].record.head.size, 0);
	assert_int_equal(kept[5].record.head.seq, 120);
}

TEST_WITH(whoever_only_looks_leaves_everything, set_up, NULL)
{
	struct bpflock_decision_record records[8];
	struct bpflock_kept before;

	overflow.consume = false;
	put(7, 70);
	before = kept[7];
	assert_int_equal(overflow_take(&overflow, 70, 70, records, 8), 1);
	assert_int_equal(records[0].head.seq, 70);
	overflow_release(&overflow);
	assert_memory_equal(&kept[7], &before, sizeof(before));
}

TEST_WITH(a_slot_that_is_being_written_is_left_out, set_up, NULL)
{
	struct bpflock_decision_record records[8];

	put(7, 70);
	put(8, 71);
	kept[7].busy = 1;
	assert_int_equal(overflow_take(&overflow, 1, 99, records, 8), 1);
	assert_int_equal(records[0].head.seq, 71);
	assert_int_equal(kept[7].busy, 1);
	assert_int_equal(kept[7].claimed, 0);
}

/* A look waits for a slot that is being written: its record is no loss. */
static unsigned int busy_reads;

static bool read_while_written(int fd, void *values, size_t size, uint32_t n)
{
	if (busy_reads && --busy_reads == 0)
		kept[7].busy = 0;
	return read_map(fd, values, size, n);
}

TEST_WITH(who_looks_waits_for_a_slot, set_up, NULL)
{
	struct bpflock_decision_record records[8];

	overflow.consume = false;
	overflow.read = read_while_written;
	put(7, 70);
	put(8, 71);
	kept[7].busy = 1;
	busy_reads = 6;
	assert_int_equal(overflow_take(&overflow, 1, 99, records, 8), 2);
	assert_int_equal(records[0].head.seq, 70);
	/* one that is never whole is none */
	kept[7].busy = 1;
	assert_int_equal(overflow_take(&overflow, 1, 99, records, 8), 1);
	assert_int_equal(records[0].head.seq, 71);
}

TEST_WITH(all_of_it_is_read, set_up, NULL)
{
	struct bpflock_decision_record *records;

	put(7, 70);
	recent[3].record.head =
		(struct bpflock_record){ .size = sizeof(recent[3].record), .seq = 5, .count = 1 };
	recent[4].record.head = recent[3].record.head; /* no repetition waits there */
	recent[3].pending = 9;
	recent[3].last = 1234;
	assert_int_equal(overflow_read(&overflow, &records, NULL), 2);
	assert_int_equal(records[0].head.count, 9);
	assert_int_equal(records[0].head.time, 1234);
	assert_int_equal(records[0].head.seq, UINT64_MAX);
	assert_int_equal(records[1].head.seq, 70);
	free(records);
}

TEST_WITH(the_last_records_stand_behind_the_others, set_up, NULL)
{
	struct bpflock_decision_record *records;
	int last;

	put(7, 70);
	recent[3].record.head =
		(struct bpflock_record){ .size = sizeof(recent[3].record), .time = 11, .count = 5 };
	recent[4].record.head = recent[3].record.head;
	recent[4].record.head.time = 22;
	recent[3].pending = 9;
	assert_int_equal(overflow_read(&overflow, &records, &last), 2);
	assert_int_equal(last, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(records[2 + i].head.count, 1);
		assert_int_equal(records[2 + i].head.seq, UINT64_MAX);
		assert_int_equal(records[2 + i].head.time, i ? 22 : 11);
	}
	free(records);
}

static unsigned int reads;

static bool count_reads(int fd, void *values, size_t size, uint32_t n)
{
	reads++;
	return read_map(fd, values, size, n);
}

/* Reading costs: only slots in use that a program may be writing are read again. */
TEST_WITH(nothing_is_read_more_often_than_needed, set_up, NULL)
{
	static const struct {
		bool used, still;
		unsigned int reads;
	} rows[] = {
		{ false, false, 2 },
		{ true, false, 3 },
		{ true, true, 2 },
	};

	overflow.read = count_reads;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_decision_record *records;
		int last;

		recent[3].record.head.size = rows[i].used ? sizeof(recent[3].record) : 0;
		overflow.still = rows[i].still;
		reads = 0;
		assert_int_equal(overflow_read(&overflow, &records, &last), 0);
		assert_int_equal(last, rows[i].used);
		assert_int_equal(reads, rows[i].reads);
		free(records);
	}
}

TEST_WITH(no_more_is_taken_than_there_is_room_for, set_up, NULL)
{
	struct bpflock_decision_record records[4];

	for (uint32_t i = 0; i < 10; i++)
		put(i, 100 + i);
	assert_int_equal(overflow_take(&overflow, 1, 999, records, 4), 4);
	overflow_release(&overflow);
	assert_int_equal(overflow_take(&overflow, 1, 999, records, 4), 4);
	overflow_release(&overflow);
	assert_int_equal(overflow_take(&overflow, 1, 999, records, 4), 2);
}

/* Others are let be, and a slot that is used again keeps its record. */
TEST_WITH(a_claim_or_release_of_another_number_does_nothing, set_up, NULL)
{
	struct bpflock_consume what = { .slot = 5, .first = 11, .last = 20 };

	put(5, 10);
	assert_int_equal(bpflock_kept_claim(&kept[5], &what), BPFLOCK_CONSUME_NOTHING);
	assert_int_equal(bpflock_kept_release(&kept[5], &what), BPFLOCK_CONSUME_NOTHING);
	assert_int_equal(kept[5].claimed, 0);
	assert_int_not_equal(kept[5].record.head.size, 0);
	what.first = what.last = 0; /* what an empty slot has */
	assert_int_equal(bpflock_kept_claim(&kept[6], &what), BPFLOCK_CONSUME_NOTHING);
	assert_int_equal(kept[6].claimed, 0);
}

TEST_WITH(repetitions_are_carried_when_their_window_is_over, set_up, NULL)
{
	recent[3] = (struct bpflock_recent){ .pending = 7, .until = 1 };
	recent[4] = (struct bpflock_recent){ .until = 1 };
	recent[5] = (struct bpflock_recent){ .pending = 1, .until = UINT64_MAX };
	overflow_carry(&overflow, false);
	assert_int_equal(n_carried, 1);
	assert_int_equal(carried[0].slot, 3);
	assert_int_equal(carried[0].force, 0);
	overflow_carry(&overflow, true);
	assert_int_equal(n_carried, 3);
	assert_int_equal(carried[2].slot, 5);
	assert_int_equal(carried[2].force, 1);
}

/* A reader sleeps until repetitions are due, and for ever if there can be none. */
TEST_WITH(it_is_known_when_repetitions_are_due, set_up, NULL)
{
	static const struct {
		struct bpflock_recent slots[2];
		uint64_t next; /* 1: now */
	} rows[] = {
		{ { { .until = 1 }, {} }, 0 },
		{ { { .until = UINT64_MAX }, {} }, UINT64_MAX },
		{ { { .until = UINT64_MAX, .pending = 3 }, { .until = UINT64_MAX - 7 } }, UINT64_MAX - 7 },
		/* there may be no room for a record */
		{ { { .until = 1, .pending = 3 }, { .until = UINT64_MAX } }, 1 },
	};

	assert_int_equal(overflow_carry(&overflow, false), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t before = clock_boottime(), next;

		memcpy(recent, rows[i].slots, sizeof(rows[i].slots));
		next = overflow_carry(&overflow, false);
		if (rows[i].next == 1)
			assert_in_range(next, before, clock_boottime());
		else
			assert_int_equal(next, rows[i].next);
	}
}

TEST_WITH(who_cannot_ask_is_not_woken, set_up, NULL)
{
	assert_true(overflow_wait(&overflow));
	overflow.consume_fd = -1;
	assert_false(overflow_wait(&overflow));
}

TEST_WITH(without_the_maps_there_is_nothing, set_up, NULL)
{
	struct bpflock_decision_record records[4];

	overflow = (struct overflow)OVERFLOW_INIT;
	assert_int_equal(overflow_take(&overflow, 1, 999, records, 4), 0);
	overflow_carry(&overflow, true);
	overflow_release(&overflow);
}
