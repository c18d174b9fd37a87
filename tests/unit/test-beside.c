// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../reader/beside.h"

static struct bpflock_kept kept[BPFLOCK_KEPT_MAX];
static struct beside beside;

/* As the programs leave it: slot i holds the record with this number. */
static void put(uint32_t i, uint64_t seq)
{
	kept[i].record.head.size = sizeof(kept[i].record);
	kept[i].record.head.seq = seq;
}

static int set_up(void **state)
{
	memset(kept, 0, sizeof(kept));
	beside = (struct beside)BESIDE_INIT;
	beside.kept = kept;
	beside.consume = true;
	return 0;
}

static void what_is_wanted_is_taken_in_order_and_given_back(void **state)
{
	struct bpflock_decision_record records[8];

	put(3, 30);
	put(5, 10);
	put(9, 20);
	put(11, 40);
	assert_int_equal(beside_take(&beside, 10, 30, records, 8), 3);
	assert_int_equal(records[0].head.seq, 10);
	assert_int_equal(records[1].head.seq, 20);
	assert_int_equal(records[2].head.seq, 30);
	/* until it is printed it stays, claimed: replaced now, it is not lost */
	assert_int_equal(kept[5].claimed, 1);
	assert_int_equal(kept[5].record.head.seq, 10);
	beside_release(&beside);
	assert_int_equal(kept[3].record.head.size, 0);
	assert_int_equal(kept[5].record.head.size, 0);
	assert_int_equal(kept[5].claimed, 0);
	assert_int_equal(kept[5].busy, 0);
	assert_int_equal(kept[11].record.head.seq, 40);
	assert_int_not_equal(kept[11].record.head.size, 0);
	assert_int_equal(beside_take(&beside, 1, 30, records, 8), 0);
}

static void a_slot_that_was_filled_anew_is_not_emptied(void **state)
{
	struct bpflock_decision_record records[8];

	put(5, 10);
	assert_int_equal(beside_take(&beside, 1, 99, records, 8), 1);
	put(5, 120);
	kept[5].claimed = 0;
	beside_release(&beside);
	assert_int_not_equal(kept[5].record.head.size, 0);
	assert_int_equal(kept[5].record.head.seq, 120);
}

static void whoever_only_looks_leaves_everything(void **state)
{
	struct bpflock_decision_record records[8];
	struct bpflock_kept before;

	beside.consume = false;
	put(7, 70);
	before = kept[7];
	assert_int_equal(beside_take(&beside, 70, 70, records, 8), 1);
	assert_int_equal(records[0].head.seq, 70);
	beside_release(&beside);
	assert_memory_equal(&kept[7], &before, sizeof(before));
}

static void a_slot_that_is_being_written_is_left_out(void **state)
{
	struct bpflock_decision_record records[8];

	put(7, 70);
	put(8, 71);
	kept[7].busy = 1;
	assert_int_equal(beside_take(&beside, 1, 99, records, 8), 1);
	assert_int_equal(records[0].head.seq, 71);
	assert_int_equal(kept[7].busy, 1);
	assert_int_equal(kept[7].claimed, 0);
}

static void no_more_is_taken_than_there_is_room_for(void **state)
{
	struct bpflock_decision_record records[4];

	for (uint32_t i = 0; i < 10; i++)
		put(i, 100 + i);
	assert_int_equal(beside_take(&beside, 1, 999, records, 4), 4);
	beside_release(&beside);
	assert_int_equal(beside_take(&beside, 1, 999, records, 4), 4);
	beside_release(&beside);
	assert_int_equal(beside_take(&beside, 1, 999, records, 4), 2);
}

static void without_the_maps_there_is_nothing(void **state)
{
	struct bpflock_decision_record records[4];

	beside = (struct beside)BESIDE_INIT;
	assert_int_equal(beside_take(&beside, 1, 999, records, 4), 0);
	beside_carry(&beside, true);
	beside_release(&beside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_wanted_is_taken_in_order_and_given_back, set_up),
		cmocka_unit_test_setup(a_slot_that_was_filled_anew_is_not_emptied, set_up),
		cmocka_unit_test_setup(whoever_only_looks_leaves_everything, set_up),
		cmocka_unit_test_setup(a_slot_that_is_being_written_is_left_out, set_up),
		cmocka_unit_test_setup(no_more_is_taken_than_there_is_room_for, set_up),
		cmocka_unit_test_setup(without_the_maps_there_is_nothing, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
