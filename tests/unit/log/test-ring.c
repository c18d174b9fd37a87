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
