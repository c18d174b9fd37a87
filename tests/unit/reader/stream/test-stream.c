// SPDX-License-Identifier: GPL-2.0-only
/* From the ring to text, with nothing lost that is not told. */
#include <linux/bpf.h>

#include "test.h"
#include "stream.h"
#include "fake-ring.h"

static struct fake_ring fake;
static struct out out;
static struct stream stream;
static uint64_t last_seq;

static int get_last_seq(void *arg, uint64_t *ret_seq)
{
	(void)arg;
	*ret_seq = last_seq;
	return 0;
}

/* Records beside the ring: of the numbers in kept[n_kept] those that are asked for. */
static uint64_t kept[BPFLOCK_KEPT_MAX];
static size_t n_kept;
static uint64_t kept_bad; /* the one of them that cannot be read */

static size_t rescue(void *arg, uint64_t first, uint64_t last,
		     struct bpflock_decision_record *ret_records, size_t max)
{
	size_t n = 0;

	(void)arg;
	for (size_t i = 0; i < n_kept && n < max; i++)
		if (kept[i] >= first && kept[i] <= last)
			ret_records[n++] = (struct bpflock_decision_record){
				.head = { .size = sizeof(*ret_records),
					  .abi = BPFLOCK_ABI,
					  .event = BPFLOCK_EVENT_LOCKED_DOWN,
					  .seq = kept[i],
					  .count = 1 },
				.verdict = kept[i] == kept_bad ? _BPFLOCK_VERDICT_MAX : 0,
			};
	return n;
}

static void write_brief(const struct format_context *c, const struct event *e)
{
	static const char *const marks[] = {
		[EVENT_LOCKED_DOWN] = "D", [EVENT_EXECVE] = "X",  [EVENT_GRANT] = "G",
		[EVENT_TAMPER] = "T",	   [EVENT_LOST] = "lost", [EVENT_INVALID] = "invalid",
		[EVENT_MISSED] = "missed",
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

	memset(&fake, 0, sizeof(fake));
	out.len = 0;
	last_seq = 1000000;
	ring_init(&ring, fake.data, FAKE_RING_SIZE, &fake.producer, &fake.consumer);
	n_kept = kept_bad = 0;
	stream = (struct stream){
		.format = &format, .context = &context, .last_seq = get_last_seq, .rescue = rescue
	};
	stream_init(&stream, &ring, 0, 0);
	return 0;
}

static uint64_t emit(uint64_t seq, uint32_t flags)
{
	struct bpflock_decision_record r = {
		.head = { .size = sizeof(r),
			  .abi = BPFLOCK_ABI,
			  .event = BPFLOCK_EVENT_LOCKED_DOWN,
			  .seq = seq,
			  .count = 1 },
	};

	return fake_ring_put(&fake, &r, sizeof(r), flags);
}

/* The space that the record of a decision takes. */
#define STRIDE (8 + sizeof(struct bpflock_decision_record))

static void expect_output(const char *expected)
{
	out_char(&out, '\0');
	assert_string_equal(out.data, expected);
	out.len = 0;
}

TEST_WITH(test_feed_drop, setup_feed, NULL)
{
	emit(1, 0);
	emit(4, 0);
	emit(5, 0);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D1 D4 D5 lost2 ");
	assert_int_equal(stream_checkpoint(&stream).seq, 5);
	assert_int_equal(stream_checkpoint(&stream).lost, 2);
	assert_int_equal(stream_checkpoint(&stream).position, fake.producer);
	last_seq = 9;
	stream_take_stock(&stream);
	expect_output("lost4 ");
	assert_int_equal(stream_checkpoint(&stream).seq, 9);
}

static void keep(uint64_t first, uint64_t last)
{
	for (uint64_t seq = first; seq <= last; seq++)
		kept[n_kept++] = seq;
}

/* A record that is kept beside the ring is printed in its place and is not lost. */
TEST_WITH(test_feed_rescue, setup_feed, NULL)
{
	keep(3, 3);
	keep(5, 5);
	emit(1, 0);
	emit(6, 0);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D1 D6 D3 D5 lost2 ");
	assert_int_equal(stream_checkpoint(&stream).lost, 2);
	assert_int_equal(stream.records, 4);
	/* only what was in the ring makes room there */
	assert_int_equal(stream_checkpoint(&stream).consumed[BPFLOCK_CLASS_ALLOWED], 2 * STRIDE);
	assert_int_equal(stream_checkpoint(&stream).consumed[BPFLOCK_CLASS_DENIED], 0);
}

static uint64_t taken;

static uint64_t take_some(void *arg, uint64_t position, uint64_t seq, uint64_t lost)
{
	(void)arg;
	assert_int_equal(position, fake.producer);
	assert_int_equal(seq, 6);
	assert_int_equal(lost, 4);
	return taken;
}

/* A number without a record is lost, unless another reader has taken the record. */
TEST_WITH(test_feed_taken, setup_feed, NULL)
{
	stream.taken = take_some;
	taken = 3;
	emit(1, 0);
	emit(6, 0);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D1 D6 lost1 missed3 ");
	assert_int_equal(stream.gaps.lost, 1);
	assert_int_equal(stream.missed, 3);
}

/* A reader that another one has overtaken counts each number once: read, lost or missed. */
TEST_WITH(test_feed_skip, setup_feed, NULL)
{
	emit(1, 0);
	emit(4, 0);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D1 D4 lost2 ");
	/* 5 to 14, of which the other one found 3 without a record */
	stream_skip(&stream, fake.producer, 14, 2 + 3);
	expect_output("lost3 missed7 ");
	emit(14, 0); /* accounted for */
	emit(15, 0);
	emit(17, 0);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D15 D17 lost1 ");
	assert_int_equal(stream.records + stream.gaps.lost + stream.missed, 17);
	/* one that accounts for less than this one has seen */
	stream_skip(&stream, fake.producer, 3, 0);
	expect_output("");
	emit(18, 0);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D18 ");
}

/* One of these that cannot be read has come all the same: it is neither lost nor printed. */
TEST_WITH(test_feed_rescue_invalid, setup_feed, NULL)
{
	keep(3, 5);
	kept_bad = 4;
	emit(1, 0);
	emit(6, 0);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D1 D6 D3 D5 lost1 invalid1 ");
	assert_int_equal(stream.invalid[DECODE_VALUE], 1);
	assert_int_equal(stream.records, 4);
	assert_int_equal(stream_checkpoint(&stream).lost, 1);
	/* behind the last record, where show ends with it */
	keep(7, 8);
	kept_bad = last_seq = 8;
	assert_int_equal(stream_take_stock(&stream), 0);
	expect_output("D7 invalid1 ");
	assert_int_equal(stream.invalid[DECODE_VALUE], 2);
	assert_int_equal(stream_checkpoint(&stream).seq, 8);
	assert_int_equal(stream_checkpoint(&stream).lost, 1);
}

/* More is kept than is missing, of numbers that came in the ring too: no less than nothing is lost.
 */
TEST_WITH(test_feed_rescue_more_than_is_missing, setup_feed, NULL)
{
	keep(2, 4);
	emit(1, 0);
	emit(5, 0);
	emit(3, 0);
	emit(8, 0);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D1 D5 D3 D8 D2 D3 D4 lost1 ");
	assert_int_equal(stream_checkpoint(&stream).lost, 1);
	last_seq = 11;
	n_kept = 0;
	for (int i = 0; i < 5; i++)
		keep(9, 9);
	stream_take_stock(&stream);
	expect_output("D9 D9 D9 D9 D9 ");
	assert_int_equal(stream_checkpoint(&stream).lost, 1);
}

/* The room of a record that cannot be read is given back too, to the class that it was charged to.
 */
TEST_WITH(test_feed_gives_back_what_cannot_be_read, setup_feed, NULL)
{
	static const struct {
		uint16_t event;
		uint8_t verdict;
		enum bpflock_class class;
		uint8_t by;
	} rows[] = {
		{ BPFLOCK_EVENT_LOCKED_DOWN, BPFLOCK_VERDICT_ALLOW, BPFLOCK_CLASS_ALLOWED },
		{ BPFLOCK_EVENT_LOCKED_DOWN, _BPFLOCK_VERDICT_MAX, BPFLOCK_CLASS_DENIED },
		{ BPFLOCK_EVENT_LOCKED_DOWN, BPFLOCK_VERDICT_DENY, BPFLOCK_CLASS_OTHERS, BPFLOCK_BY_LOCKDOWN },
		{ BPFLOCK_EVENT_LOCKED_DOWN, BPFLOCK_VERDICT_DENY, BPFLOCK_CLASS_OTHERS, _BPFLOCK_BY_MAX },
		{ BPFLOCK_EVENT_EXECVE, 0, BPFLOCK_CLASS_EXEC },
		{ 99, 0, BPFLOCK_CLASS_DENIED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_decision_record r = {
			.head = { .size = sizeof(r), .event = rows[i].event, .seq = 1, .count = 1 },
			.verdict = rows[i].verdict,
			.by = rows[i].by,
		};

		setup_feed(state);
		fake_ring_put(&fake, &r, sizeof(r), 0); /* of no ABI */
		stream_run(&stream, UINT64_MAX);
		assert_int_equal(stream.invalid[DECODE_FOREIGN], 1);
		assert_int_equal(stream.consumed[rows[i].class], STRIDE);
	}
}

/* The longest that a format may write, and such that many make a batch. */
static const size_t line_lengths[] = { OUT_SIZE - OUT_BATCH, 3000 };
static size_t line_len;

static void write_long(const struct format_context *c, const struct event *e)
{
	size_t start = c->out->len;

	write_brief(c, e);
	memset(c->out->data + c->out->len, ' ', line_len - (c->out->len - start));
	c->out->len = start + line_len;
}

/* Takes a batch out. Its lines are of these numbers, from *next on, which moves behind them. */
static void take_long_batch(const uint64_t **next)
{
	assert_true(out.len <= sizeof(out.data));
	assert_int_equal(out.len % line_len, 0);
	for (size_t at = 0; at < out.len; at += line_len) {
		assert_int_equal(out.data[at], 'D');
		assert_int_equal(strtoull(out.data + at + 1, NULL, 10), *(*next)++);
	}
	out.len = 0;
}

/* All that can be kept, in long lines: over several batches, of which none is cut. */
TEST_WITH(test_feed_rescue_long, setup_feed, NULL)
{
	static const struct format format = { .write = write_long };
	static uint64_t told[2 + BPFLOCK_KEPT_MAX] = { 1, 2 + BPFLOCK_KEPT_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(line_lengths); i++) {
		const uint64_t *next = told, *end = told + ARRAY_SIZE(told);
		enum stream_outcome outcome;

		setup_feed(state);
		stream.format = &format;
		line_len = line_lengths[i];
		keep(2, 1 + BPFLOCK_KEPT_MAX);
		memcpy(told + 2, kept, sizeof(kept));
		emit(told[0], 0);
		emit(told[1], 0);
		do {
			outcome = stream_run(&stream, UINT64_MAX);
			take_long_batch(&next);
			/* whoever goes on from here has to tell it again */
			if (next < end)
				assert_true(stream_checkpoint(&stream).seq <= 1);
		} while (outcome == STREAM_FULL);
		assert_int_equal(outcome, STREAM_EMPTY);
		assert_ptr_equal(next, end);
		assert_int_equal(stream_checkpoint(&stream).seq, 2 + BPFLOCK_KEPT_MAX);
		assert_int_equal(stream_checkpoint(&stream).lost, 0);
		assert_int_equal(stream.records, ARRAY_SIZE(told));
	}
}

/* Rescued records may also come behind the last one, as show ends. */
TEST_WITH(test_feed_rescue_long_at_the_end, setup_feed, NULL)
{
	static const struct format format = { .write = write_long };

	for (size_t i = 0; i < ARRAY_SIZE(line_lengths); i++) {
		const uint64_t *next = kept;

		setup_feed(state);
		stream.format = &format;
		line_len = line_lengths[i];
		keep(1, BPFLOCK_KEPT_MAX);
		last_seq = BPFLOCK_KEPT_MAX;
		assert_int_equal(stream_take_stock(&stream), 0);
		do
			take_long_batch(&next);
		while (!stream_tell(&stream));
		take_long_batch(&next);
		assert_ptr_equal(next, kept + BPFLOCK_KEPT_MAX);
		assert_int_equal(stream_checkpoint(&stream).seq, BPFLOCK_KEPT_MAX);
		assert_int_equal(stream_checkpoint(&stream).lost, 0);
	}
}

/* 2 took its place and its number, and is preempted: 3 must not make it a lost one. */
TEST_WITH(test_feed_busy, setup_feed, NULL)
{
	uint64_t busy;

	emit(1, 0);
	emit(3, 0);
	busy = emit(2, BPF_RINGBUF_BUSY_BIT);
	emit(4, 0);
	last_seq = 6;
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_BUSY);
	stream_take_stock(&stream);
	expect_output("D1 D3 ");
	/* with 2 outstanding, 1 is where a successor would have to go on from */
	assert_int_equal(stream_checkpoint(&stream).seq, 1);
	assert_int_equal(stream_checkpoint(&stream).position, STRIDE);
	fake_ring_commit(&fake, busy, sizeof(struct bpflock_decision_record));
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D2 D4 lost2 ");
	assert_int_equal(stream_checkpoint(&stream).seq, 6);
}

/* All that comes through the ring has its place in the account, whatever it is about. */
TEST_WITH(test_feed_kinds, setup_feed, NULL)
{
	struct bpflock_grant_record g = {
		.head = { .size = sizeof(g),
			  .abi = BPFLOCK_ABI,
			  .event = BPFLOCK_EVENT_GRANT,
			  .seq = 2,
			  .count = 1 },
		.body = { .operations = 4, .id = 1, .target = "/", .note = "why" },
	};
	struct bpflock_tamper_record t = {
		.head = { .size = sizeof(t),
			  .abi = BPFLOCK_ABI,
			  .event = BPFLOCK_EVENT_TAMPER,
			  .seq = 7,
			  .retval = -EPERM,
			  .count = 1 },
		.attempt = BPFLOCK_TAMPER_ATTACH,
		.object = "proof",
	};
	struct {
		struct bpflock_exec_record r;
		char name[8];
	} x = { .r = { .head = { .size = sizeof(x),
				 .abi = BPFLOCK_ABI,
				 .event = BPFLOCK_EVENT_EXECVE,
				 .seq = 3,
				 .count = 1 },
		       .filename_len = 4 },
		.name = "/bin" };

	emit(1, 0);
	fake_ring_put(&fake, &g, sizeof(g), 0);
	fake_ring_put(&fake, &x, sizeof(x), 0);
	g.head.seq = 5;
	g.body.action = _BPFLOCK_GRANT_ACTION_MAX;
	fake_ring_put(&fake, &g, sizeof(g), 0);
	emit(6, 0);
	fake_ring_put(&fake, &t, sizeof(t), 0);
	last_seq = 7;
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	/* 4 is lost, 5 has come although it says nothing */
	expect_output("D1 G2 X3 D6 T7 lost1 invalid1 ");
	assert_int_equal(stream.records, 5);
	assert_int_equal(stream.invalid[DECODE_VALUE], 1);
	/* the room it took is given back to the class that was charged */
	assert_int_equal(stream.consumed[BPFLOCK_CLASS_DENIED],
			 2 * BPFLOCK_RING_BYTES(sizeof(g)));
	assert_int_equal(stream.consumed[BPFLOCK_CLASS_TAMPER], BPFLOCK_RING_BYTES(sizeof(t)));
	assert_int_equal(stream_checkpoint(&stream).seq, 7);
	assert_int_equal(stream_checkpoint(&stream).lost, 1);
}

TEST_WITH(test_feed_limit, setup_feed, NULL)
{
	emit(1, 0);
	uint64_t limit = emit(2, 0);

	assert_int_equal(stream_run(&stream, limit), STREAM_EMPTY);
	expect_output("D1 ");
	assert_int_equal(stream.position, limit);
}

TEST_WITH(test_feed_invalid, setup_feed, NULL)
{
	struct bpflock_decision_record r = { .head = { .size = sizeof(r), .abi = 77, .seq = 2 } };

	emit(1, 0);
	fake_ring_put(&fake, &r, sizeof(r), 0); /* takes the place of number 2 */
	fake_ring_put(&fake, "junk", 5, 0);
	emit(1ULL << 60, 0); /* more than were given away */
	emit(3, 0);
	emit(3, 0);
	last_seq = 3;
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_EMPTY);
	expect_output("D1 D3 lost1 invalid3 ");
	assert_int_equal(stream.invalid[DECODE_FOREIGN], 1);
	assert_int_equal(stream.foreign_abi, 77);
	assert_int_equal(stream.invalid[DECODE_SHORT], 1);
	assert_int_equal(stream.invalid[DECODE_VALUE], 1);
	assert_int_equal(stream.repeats, 1);
	assert_int_equal(stream.records, 2);
}

/* With much of the ring held back for a late number, room for producers comes first. */
TEST_WITH(test_feed_forced_checkpoint, setup_feed, NULL)
{
	emit(2, 0);
	for (uint64_t seq = 3; seq < 20; seq++)
		emit(seq, 0);
	emit(1, BPF_RINGBUF_BUSY_BIT);
	assert_int_equal(stream_run(&stream, UINT64_MAX), STREAM_BUSY);
	assert_int_equal(stream_checkpoint(&stream).position, stream.position);
	/* 2 to 19 are 18 numbers; to whoever goes on from there, one is missing before 20 */
	assert_int_equal(stream_checkpoint(&stream).seq, 18);
}
