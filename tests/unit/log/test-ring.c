// SPDX-License-Identifier: GPL-2.0-only
/* Walking the ring. */
#include <linux/bpf.h>

#include "test.h"
#include "ring.h"
#include "fake-ring.h"

TEST(test_walk)
{
	struct fake_ring f = { .producer = FAKE_RING_SIZE - 24, .consumer = FAKE_RING_SIZE - 24 };
	uint64_t pos = f.consumer, busy;
	struct ring r;
	const void *record;
	size_t len;

	ring_init(&r, f.data, FAKE_RING_SIZE, &f.producer, &f.consumer);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_EMPTY);
	fake_ring_put(&f, "across the end of the ring", 27, 0);
	fake_ring_put(&f, "discarded", 10, BPF_RINGBUF_DISCARD_BIT);
	fake_ring_put(&f, "", 0, 0);
	busy = fake_ring_put(&f, "not yet", 8, BPF_RINGBUF_BUSY_BIT);
	fake_ring_put(&f, "last", 5, BPF_RINGBUF_DISCARD_BIT);

	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_RECORD);
	assert_int_equal(len, 27);
	assert_string_equal(record, "across the end of the ring");
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_RECORD);
	assert_int_equal(len, 0);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_BUSY);
	assert_int_equal(pos, busy);
	fake_ring_commit(&f, busy, 8);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_RECORD);
	assert_string_equal(record, "not yet");
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_EMPTY);
	assert_int_equal(pos, f.producer);
	assert_int_equal(f.consumer, FAKE_RING_SIZE - 24);
	ring_release(&r, pos);
	assert_int_equal(f.consumer, f.producer);
}

TEST(test_damaged_ring)
{
	struct fake_ring f = {};
	uint64_t pos = 0;
	struct ring r;
	const void *record;
	size_t len;

	ring_init(&r, f.data, FAKE_RING_SIZE, &f.producer, &f.consumer);
	fake_ring_put(&f, "short", 6, 0);
	fake_ring_commit(&f, 0, 1000);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_DAMAGED);
	fake_ring_commit(&f, 0, 0x3fffffff);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_DAMAGED);
	f.producer = FAKE_RING_SIZE + 16; /* what stood at 0 is gone */
	fake_ring_commit(&f, 0, 6);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_DAMAGED);
	assert_int_equal(pos, 0);
}

TEST(test_snapshot)
{
	struct fake_ring f = { .producer = 2 * FAKE_RING_SIZE - 16, .consumer = 2 * FAKE_RING_SIZE - 16 };
	uint64_t start = f.consumer, pos = start, busy;
	struct ring r, copy;
	const void *record;
	size_t len;

	ring_init(&r, f.data, FAKE_RING_SIZE, &f.producer, &f.consumer);
	fake_ring_put(&f, "whole and wrapped", 18, 0);
	fake_ring_put(&f, "behind the end", 15, 0);
	busy = fake_ring_put(&f, "busy", 5, BPF_RINGBUF_BUSY_BIT);
	assert_int_equal(ring_snapshot(&r, start, &copy), 0);
	fake_ring_commit(&f, busy, 5); /* too late for the copy */
	memset(f.data, 0, sizeof(f.data));
	assert_int_equal(ring_next(&copy, &pos, &record, &len), RING_RECORD);
	assert_string_equal(record, "whole and wrapped");
	assert_int_equal(ring_next(&copy, &pos, &record, &len), RING_RECORD);
	assert_int_equal(len, 15);
	assert_string_equal(record, "behind the end");
	assert_int_equal(ring_next(&copy, &pos, &record, &len), RING_EMPTY);
	assert_int_equal(pos, busy);
	assert_int_equal(ring_producer(&copy), f.producer);
	ring_close(&copy);

	/* what was consumed is there until its room is needed; a header is written before its end
	 * is told */
	f.consumer = f.producer;
	assert_int_equal(ring_snapshot(&r, start, &copy), 0);
	ring_close(&copy);
	f.producer = start + FAKE_RING_SIZE - 8;
	assert_int_equal(ring_snapshot(&r, start, &copy), 0);
	ring_close(&copy);
	f.producer += 8;
	assert_int_equal(ring_snapshot(&r, start, &copy), -ESTALE);
	f.consumer = start; /* full: nobody writes over what was not consumed */
	assert_int_equal(ring_snapshot(&r, start, &copy), 0);
	ring_close(&copy);
}

/* A record with a number of this size, which differ. */
static void put_numbered(struct fake_ring *f, uint64_t seq, uint32_t size)
{
	char record[512] = {};
	struct bpflock_record head = { .size = size, .abi = BPFLOCK_ABI, .seq = seq, .count = 1 };

	memset(record, 'x', sizeof(record)); /* a head is nowhere in it */
	memcpy(record, &head, sizeof(head));
	fake_ring_put(f, record, size, 0);
}

/* The numbers of what the history holds are first..last. */
static void expect_history(struct fake_ring *f, size_t max, uint64_t first, uint64_t last)
{
	struct ring r, copy;
	uint64_t pos, seq = first;
	const void *record;
	size_t len;

	ring_init(&r, f->data, FAKE_RING_SIZE, &f->producer, &f->consumer);
	assert_int_equal(ring_history(&r, max, &copy, &pos), 0);
	while (ring_next(&copy, &pos, &record, &len) == RING_RECORD)
		assert_int_equal(((const struct bpflock_record *)record)->seq, seq++);
	assert_int_equal(seq, last + 1);
	ring_close(&copy);
}

TEST(test_history)
{
	struct fake_ring f = {};

	expect_history(&f, SIZE_MAX, 1, 0);
	for (uint64_t seq = 1; seq <= 10; seq++)
		put_numbered(&f, seq, 120 + seq);
	expect_history(&f, SIZE_MAX, 1, 10); /* nobody has read any */
	f.consumer = f.producer;
	expect_history(&f, SIZE_MAX, 1, 10); /* all are read, and nothing is written over */
	expect_history(&f, 3 * 144, 8, 10);
	for (uint64_t seq = 11; seq <= 200; seq++)
		put_numbered(&f, seq, 120);
	/* so many of 128 bytes fill it; the oldest could be written over by the next head */
	f.consumer = f.producer;
	expect_history(&f, SIZE_MAX, 200 - FAKE_RING_SIZE / 128 + 2, 200);
	f.consumer -= 5 * 128;
	expect_history(&f, SIZE_MAX, 200 - FAKE_RING_SIZE / 128 + 2, 200);
	expect_history(&f, 128, 196, 200); /* what nobody has read is there in any case */
}

/* A member of the group can write the consumer's position. */
TEST(test_history_of_a_forged_position)
{
	static const unsigned long forged[] = { 1, 3, 12345678, -1UL, -8UL, 8 };
	struct fake_ring f = {};

	for (uint64_t seq = 1; seq <= 10; seq++)
		put_numbered(&f, seq, 120);
	for (size_t i = 0; i < ARRAY_SIZE(forged); i++) {
		struct ring r, copy;
		uint64_t pos;

		f.consumer = forged[i];
		ring_init(&r, f.data, FAKE_RING_SIZE, &f.producer, &f.consumer);
		assert_int_equal(ring_history(&r, SIZE_MAX, &copy, &pos), 0);
		assert_true(pos <= f.producer);
		ring_close(&copy);
	}
}
