// SPDX-License-Identifier: GPL-2.0-only
/* The way from the ring to text: walking it, and the account of the numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

#include "../../policy/util.h"
#include "../../reader/feed.h"

#define SIZE 4096

/* A kernel's side of a ring, in memory. */
struct fake {
	unsigned long producer;
	unsigned long consumer;
	uint64_t data[2 * SIZE / 8]; /* everything twice, as the kernel maps it */
};

static void poke(struct fake *f, uint64_t pos, const void *from, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t at = (pos + i) & (SIZE - 1);

		((uint8_t *)f->data)[at] = ((uint8_t *)f->data)[at + SIZE] =
			((const uint8_t *)from)[i];
	}
}

static uint64_t put(struct fake *f, const void *record, uint32_t len, uint32_t flags)
{
	uint32_t header[] = { len | flags, 0 };
	uint64_t at = f->producer;

	poke(f, at, header, sizeof(header));
	poke(f, at + sizeof(header), record, len);
	f->producer += (sizeof(header) + len + 7) & ~7U;
	return at;
}

static void commit(struct fake *f, uint64_t at, uint32_t len)
{
	poke(f, at, &len, sizeof(len));
}

static void test_walk(void **state)
{
	struct fake f = { .producer = SIZE - 24, .consumer = SIZE - 24 };
	uint64_t pos = f.consumer, busy;
	struct ring r;
	const void *record;
	size_t len;

	(void)state;
	ring_init(&r, f.data, SIZE, &f.producer, &f.consumer);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_EMPTY);
	put(&f, "across the end of the ring", 27, 0);
	put(&f, "discarded", 10, BPF_RINGBUF_DISCARD_BIT);
	put(&f, "", 0, 0);
	busy = put(&f, "not yet", 8, BPF_RINGBUF_BUSY_BIT);
	put(&f, "last", 5, BPF_RINGBUF_DISCARD_BIT);

	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_RECORD);
	assert_int_equal(len, 27);
	assert_string_equal(record, "across the end of the ring");
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_RECORD);
	assert_int_equal(len, 0);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_BUSY);
	assert_int_equal(pos, busy);
	commit(&f, busy, 8);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_RECORD);
	assert_string_equal(record, "not yet");
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_EMPTY);
	assert_int_equal(pos, f.producer);
	assert_int_equal(f.consumer, SIZE - 24);
	ring_release(&r, pos);
	assert_int_equal(f.consumer, f.producer);
}

static void test_damaged_ring(void **state)
{
	struct fake f = {};
	uint64_t pos = 0;
	struct ring r;
	const void *record;
	size_t len;

	(void)state;
	ring_init(&r, f.data, SIZE, &f.producer, &f.consumer);
	put(&f, "short", 6, 0);
	commit(&f, 0, 1000);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_DAMAGED);
	commit(&f, 0, 0x3fffffff);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_DAMAGED);
	f.producer = SIZE + 16; /* what stood at 0 is gone */
	commit(&f, 0, 6);
	assert_int_equal(ring_next(&r, &pos, &record, &len), RING_DAMAGED);
	assert_int_equal(pos, 0);
}

static void test_snapshot(void **state)
{
	struct fake f = { .producer = 2 * SIZE - 16, .consumer = 2 * SIZE - 16 };
	uint64_t start = f.consumer, pos = start, busy;
	struct ring r, copy;
	const void *record;
	size_t len;

	(void)state;
	ring_init(&r, f.data, SIZE, &f.producer, &f.consumer);
	put(&f, "whole and wrapped", 18, 0);
	busy = put(&f, "busy", 5, BPF_RINGBUF_BUSY_BIT);
	assert_int_equal(ring_snapshot(&r, start, &copy), 0);
	commit(&f, busy, 5); /* too late for the copy */
	memset(f.data, 0, sizeof(f.data));
	assert_int_equal(ring_next(&copy, &pos, &record, &len), RING_RECORD);
	assert_string_equal(record, "whole and wrapped");
	assert_int_equal(ring_next(&copy, &pos, &record, &len), RING_EMPTY);
	assert_int_equal(pos, busy);
	assert_int_equal(ring_producer(&copy), f.producer);
	ring_close(&copy);
	f.consumer = busy;
	assert_int_equal(ring_snapshot(&r, start, &copy), -ESTALE);
}

/* A script for the tracker, a row per step. */
enum step { ARRIVE, REPEAT, EXPECT, SETTLE };

struct row {
	enum step step;
	uint64_t seq;	   /* or, to SETTLE, the position passed */
	uint64_t position; /* or, to SETTLE, the count that is lost by it */
};

static void run_gaps(struct gaps *g, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct loss loss = {};

		switch (rows[i].step) {
		case ARRIVE:
		case REPEAT:
			assert_int_equal(gaps_arrived(g, rows[i].seq, rows[i].position),
					 rows[i].step == ARRIVE);
			break;
		case EXPECT:
			gaps_expect(g, rows[i].seq, rows[i].position);
			break;
		case SETTLE:
			assert_int_equal(gaps_settle(g, rows[i].seq, &loss), rows[i].position > 0);
			assert_int_equal(loss.count, rows[i].position);
			break;
		}
	}
}

#define GAPS(name, start, lost_at_end, ...)                       \
	{                                                         \
		static const struct row rows[] = { __VA_ARGS__ }; \
		print_message("%s\n", name);                      \
		gaps_init(&g, start);                             \
		run_gaps(&g, rows, ARRAY_SIZE(rows));             \
		assert_int_equal(g.lost, lost_at_end);            \
		assert_true(gaps_settled(&g));                    \
	}

static void test_gaps(void **state)
{
	static struct gaps g;

	(void)state;
	GAPS("in order", 0, 0, { ARRIVE, 1, 10 }, { ARRIVE, 2, 20 }, { SETTLE, 1000, 0 });
	GAPS("exchanged", 0, 0, { ARRIVE, 2, 30 }, { SETTLE, 20, 0 }, { ARRIVE, 1, 30 },
	     { SETTLE, 30, 0 });
	GAPS("reversed", 0, 0, { ARRIVE, 5, 99 }, { ARRIVE, 4, 99 }, { ARRIVE, 2, 99 },
	     { ARRIVE, 3, 99 }, { ARRIVE, 1, 99 });
	GAPS("one in the middle", 0, 1, { ARRIVE, 1, 0 }, { ARRIVE, 3, 50 }, { SETTLE, 49, 0 },
	     { SETTLE, 50, 1 }, { ARRIVE, 4, 60 });
	GAPS("split, half lost", 0, 4, { ARRIVE, 7, 50 }, { ARRIVE, 3, 50 }, { ARRIVE, 5, 50 },
	     { SETTLE, 50, 4 });
	GAPS("an older gap is certain earlier", 0, 3, { ARRIVE, 2, 50 }, { ARRIVE, 5, 80 },
	     { SETTLE, 60, 1 }, { ARRIVE, 6, 80 }, { SETTLE, 80, 2 });
	GAPS("at the tail", 0, 5, { ARRIVE, 1, 0 }, { EXPECT, 6, 40 }, { EXPECT, 6, 50 },
	     { SETTLE, 40, 5 });
	GAPS("expected and arrived", 0, 1, { EXPECT, 3, 40 }, { ARRIVE, 2, 40 }, { ARRIVE, 4, 50 },
	     { ARRIVE, 3, 50 }, { SETTLE, 40, 1 });
	GAPS("restarted", 100, 10, { REPEAT, 99, 0 }, { REPEAT, 100, 0 }, { ARRIVE, 111, 70 },
	     { SETTLE, 70, 10 }, { REPEAT, 105, 70 });
	GAPS("twice", 0, 0, { ARRIVE, 1, 0 }, { REPEAT, 1, 0 });
}

/* More gaps than there is room for: 1 and every even number are lost, or come late. */
static void test_many_gaps(void **state)
{
	static struct gaps g;
	struct loss loss;
	const uint64_t n = 3 * GAPS_MAX;

	(void)state;
	gaps_init(&g, 0);
	for (uint64_t i = 1; i <= n; i++)
		assert_true(gaps_arrived(&g, 2 * i + 1, i));
	assert_int_equal(gaps_accounted(&g), n);
	assert_int_equal(gaps_horizon(&g), n);
	for (uint64_t i = 1; i <= n; i += 2)
		assert_true(gaps_arrived(&g, 2 * i, n));
	assert_true(gaps_settle(&g, n, &loss));
	assert_int_equal(loss.count, n / 2 + 1);
	assert_int_equal(loss.first, 1);
	assert_int_equal(g.highest, 2 * n + 1);
	assert_true(gaps_settled(&g));
}

/* No room to split: still exact. */
static void test_split_without_room(void **state)
{
	static struct gaps g;
	struct loss loss;

	(void)state;
	gaps_init(&g, 0);
	for (uint64_t i = 1; i <= GAPS_MAX; i++)
		gaps_arrived(&g, 10 * i, 1);
	assert_int_equal(g.n, GAPS_MAX);
	assert_true(gaps_arrived(&g, 15, 1));
	assert_true(gaps_arrived(&g, 17, 1));
	assert_true(gaps_arrived(&g, 11, 1));
	assert_true(gaps_settle(&g, 1, &loss));
	assert_int_equal(loss.count, 9 * GAPS_MAX - 3);
}

/* A feed over a fake ring. */
static struct fake fake;
static struct out out;
static struct feed feed;
static uint64_t last_seq;

static int get_last_seq(void *arg, uint64_t *ret_seq)
{
	(void)arg;
	*ret_seq = last_seq;
	return 0;
}

static void write_brief(const struct format_context *c, const struct event *e)
{
	static const char *const marks[] = {
		[EVENT_LOCKED_DOWN] = "D", [EVENT_EXECVE] = "X",	[EVENT_GRANT] = "G",
		[EVENT_LOST] = "lost",	   [EVENT_INVALID] = "invalid",
	};

	out_text(c->out, marks[e->kind]);
	out_u64(c->out, e->kind < EVENT_LOST ? e->head.seq : e->count);
	out_char(c->out, ' ');
}

static int setup_feed(void **state)
{
	static const struct format format = { .write = write_brief };
	static struct format_context context = { .out = &out };
	static struct ring ring;

	(void)state;
	memset(&fake, 0, sizeof(fake));
	out.len = 0;
	last_seq = 1000000;
	ring_init(&ring, fake.data, SIZE, &fake.producer, &fake.consumer);
	feed = (struct feed){ .format = &format, .context = &context, .last_seq = get_last_seq };
	feed_init(&feed, &ring, 0, 0);
	return 0;
}

static uint64_t emit(uint64_t seq, uint32_t flags)
{
	struct bpflock_decision_record r = {
		.head = { .size = sizeof(r), .abi = BPFLOCK_ABI, .event = BPFLOCK_EVENT_LOCKED_DOWN,
			  .seq = seq, .count = 1 },
	};

	return put(&fake, &r, sizeof(r), flags);
}

/* The space that the record of a decision takes. */
#define STRIDE (8 + sizeof(struct bpflock_decision_record))

static void expect_output(const char *expected)
{
	out_char(&out, '\0');
	assert_string_equal(out.data, expected);
	out.len = 0;
}

static void test_feed_drop(void **state)
{
	(void)state;
	emit(1, 0);
	emit(4, 0);
	emit(5, 0);
	assert_int_equal(feed_run(&feed, UINT64_MAX), FEED_EMPTY);
	expect_output("D1 D4 D5 lost2 ");
	assert_int_equal(feed_checkpoint(&feed).seq, 5);
	assert_int_equal(feed_checkpoint(&feed).lost, 2);
	assert_int_equal(feed_checkpoint(&feed).position, fake.producer);
	last_seq = 9;
	feed_take_stock(&feed);
	expect_output("lost4 ");
	assert_int_equal(feed_checkpoint(&feed).seq, 9);
}

/* 2 took its place and its number, and is preempted: 3 must not make it a lost one. */
static size_t rescue_two(void *arg, uint64_t first, uint64_t last,
			 struct bpflock_decision_record *ret_records, size_t max)
{
	static const uint64_t numbers[] = { 3, 5 };
	size_t n = 0;

	(void)arg;
	for (size_t i = 0; i < 2 && n < max; i++)
		if (numbers[i] >= first && numbers[i] <= last)
			ret_records[n++] = (struct bpflock_decision_record){
				.head = { .size = sizeof(*ret_records),
					  .abi = BPFLOCK_ABI,
					  .event = BPFLOCK_EVENT_LOCKED_DOWN,
					  .seq = numbers[i],
					  .count = 1 },
			};
	return n;
}

/* What is kept beside the ring is printed in its place and is not lost. */
static void test_feed_rescue(void **state)
{
	(void)state;
	feed.rescue = rescue_two;
	emit(1, 0);
	emit(6, 0);
	assert_int_equal(feed_run(&feed, UINT64_MAX), FEED_EMPTY);
	expect_output("D1 D6 D3 D5 lost2 ");
	assert_int_equal(feed_checkpoint(&feed).lost, 2);
	assert_int_equal(feed.records, 4);
	/* only what was in the ring makes room there */
	assert_int_equal(feed_checkpoint(&feed).consumed[BPFLOCK_CLASS_ALLOWED], 2 * STRIDE);
	assert_int_equal(feed_checkpoint(&feed).consumed[BPFLOCK_CLASS_DENIED], 0);
}

static void test_feed_busy(void **state)
{
	uint64_t busy;

	(void)state;
	emit(1, 0);
	emit(3, 0);
	busy = emit(2, BPF_RINGBUF_BUSY_BIT);
	emit(4, 0);
	last_seq = 6;
	assert_int_equal(feed_run(&feed, UINT64_MAX), FEED_BUSY);
	feed_take_stock(&feed);
	expect_output("D1 D3 ");
	/* with 2 outstanding, 1 is where a successor would have to go on from */
	assert_int_equal(feed_checkpoint(&feed).seq, 1);
	assert_int_equal(feed_checkpoint(&feed).position, STRIDE);
	commit(&fake, busy, sizeof(struct bpflock_decision_record));
	assert_int_equal(feed_run(&feed, UINT64_MAX), FEED_EMPTY);
	expect_output("D2 D4 lost2 ");
	assert_int_equal(feed_checkpoint(&feed).seq, 6);
}

/* All that comes through the ring has its place in the account, whatever it is about. */
static void test_feed_kinds(void **state)
{
	struct bpflock_grant_record g = {
		.head = { .size = sizeof(g), .abi = BPFLOCK_ABI, .event = BPFLOCK_EVENT_GRANT,
			  .seq = 2, .count = 1 },
		.body = { .operations = 4, .id = 1, .target = "/", .note = "why" },
	};
	struct {
		struct bpflock_exec_record r;
		char name[8];
	} x = { .r = { .head = { .size = sizeof(x), .abi = BPFLOCK_ABI,
				 .event = BPFLOCK_EVENT_EXECVE, .seq = 3, .count = 1 },
		       .filename_len = 4 },
		.name = "/bin" };

	(void)state;
	emit(1, 0);
	put(&fake, &g, sizeof(g), 0);
	put(&fake, &x, sizeof(x), 0);
	g.head.seq = 5;
	g.body.action = _BPFLOCK_GRANT_ACTION_MAX;
	put(&fake, &g, sizeof(g), 0);
	emit(6, 0);
	last_seq = 6;
	assert_int_equal(feed_run(&feed, UINT64_MAX), FEED_EMPTY);
	/* 4 is lost, 5 has come although it says nothing */
	expect_output("D1 G2 X3 D6 lost1 invalid1 ");
	assert_int_equal(feed.records, 4);
	assert_int_equal(feed.invalid[DECODE_VALUE], 1);
	assert_int_equal(feed_checkpoint(&feed).seq, 6);
	assert_int_equal(feed_checkpoint(&feed).lost, 1);
}

static void test_feed_limit(void **state)
{
	(void)state;
	emit(1, 0);
	uint64_t limit = emit(2, 0);

	assert_int_equal(feed_run(&feed, limit), FEED_EMPTY);
	expect_output("D1 ");
	assert_int_equal(feed.position, limit);
}

static void test_feed_invalid(void **state)
{
	struct bpflock_decision_record r = { .head = { .size = sizeof(r), .abi = 77, .seq = 2 } };

	(void)state;
	emit(1, 0);
	put(&fake, &r, sizeof(r), 0); /* takes the place of number 2 */
	put(&fake, "junk", 5, 0);
	emit(1ULL << 60, 0); /* more than were given away */
	emit(3, 0);
	emit(3, 0);
	last_seq = 3;
	assert_int_equal(feed_run(&feed, UINT64_MAX), FEED_EMPTY);
	expect_output("D1 D3 lost1 invalid3 ");
	assert_int_equal(feed.invalid[DECODE_FOREIGN], 1);
	assert_int_equal(feed.foreign_abi, 77);
	assert_int_equal(feed.invalid[DECODE_SHORT], 1);
	assert_int_equal(feed.invalid[DECODE_VALUE], 1);
	assert_int_equal(feed.repeats, 1);
	assert_int_equal(feed.records, 2);
}

/* With much of the ring held back for a late number, room for producers comes first. */
static void test_feed_forced_checkpoint(void **state)
{
	(void)state;
	emit(2, 0);
	for (uint64_t seq = 3; seq < 20; seq++)
		emit(seq, 0);
	emit(1, BPF_RINGBUF_BUSY_BIT);
	assert_int_equal(feed_run(&feed, UINT64_MAX), FEED_BUSY);
	assert_int_equal(feed_checkpoint(&feed).position, feed.position);
	/* 2 to 19 are 18 numbers; to whoever goes on from there, one is missing before 20 */
	assert_int_equal(feed_checkpoint(&feed).seq, 18);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_damaged_ring),
		cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_many_gaps),
		cmocka_unit_test(test_split_without_room),
		cmocka_unit_test_setup(test_feed_drop, setup_feed),
		cmocka_unit_test_setup(test_feed_rescue, setup_feed),
		cmocka_unit_test_setup(test_feed_busy, setup_feed),
		cmocka_unit_test_setup(test_feed_kinds, setup_feed),
		cmocka_unit_test_setup(test_feed_limit, setup_feed),
		cmocka_unit_test_setup(test_feed_invalid, setup_feed),
		cmocka_unit_test_setup(test_feed_forced_checkpoint, setup_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
