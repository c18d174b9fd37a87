// SPDX-License-Identifier: GPL-2.0-only
#include "stream.h"

#include <string.h>

#include "filter.h"

/* A record that is not printed still counts in a batch, because it has to be accounted for. */
#define FILTERED_COST 256

/* A jump beyond this is compared with the counter before it is believed. */
#define JUMP 4096

void stream_init(struct stream *f, const struct ring *ring, uint64_t position, uint64_t seq)
{
	f->ring = ring;
	f->position = position;
	f->clean = (struct checkpoint){ .position = position, .seq = seq };
	memset(f->consumed, 0, sizeof(f->consumed));
	f->unload_announced = false;
	gaps_init(&f->gaps, seq);
}

static void print(struct stream *f, const struct event *e)
{
	if (e->kind == EVENT_TAMPER && e->attempt == BPFLOCK_TAMPER_UNLOAD)
		f->unload_announced = true;
	if (f->filter && !filter_passes(f->filter, f->context, e)) {
		f->filtered++;
		return;
	}
	f->format->write(f->context, e);
}

static void say_invalid(struct stream *f)
{
	struct event e = { .kind = EVENT_INVALID,
			   .head.time = f->time,
			   .count = f->invalid_unsaid };

	if (f->invalid_unsaid == 0)
		return;
	print(f, &e);
	f->invalid_unsaid = 0;
}

static struct checkpoint here(const struct stream *f, uint64_t seq)
{
	struct checkpoint c = { .position = f->position, .seq = seq, .lost = f->gaps.lost };

	memcpy(c.consumed, f->consumed, sizeof(c.consumed));
	return c;
}

static void refuse(struct stream *f, enum decode_outcome why, const struct event *e)
{
	if (why == DECODE_FOREIGN)
		f->foreign_abi = e->head.abi;
	f->invalid[why]++;
	f->invalid_unsaid++;
}

static void print_rescued(struct stream *f, const struct bpflock_decision_record *record)
{
	struct event e;
	enum decode_outcome outcome = decode_beside(record, &e);

	if (outcome != DECODE_OK) {
		refuse(f, outcome, &e);
		return;
	}
	f->time = e.head.time;
	f->records++;
	print(f, &e);
}

static void print_loss(struct stream *f)
{
	const uint64_t counts[_EVENT_MAX] = {
		[EVENT_LOST] = f->loss.count, [EVENT_MISSED] = f->loss_taken
	};

	for (enum event_kind kind = EVENT_LOST; kind <= EVENT_MISSED; kind++) {
		struct event e = { .kind = kind,
				   .head.time = f->time,
				   .count = counts[kind],
				   .first = f->loss.first,
				   .last = f->loss.last };

		if (e.count)
			print(f, &e);
	}
}

/* `taken` of the numbers of the loss are no loss: another reader has their records. */
static void divide_loss(struct stream *f, uint64_t taken)
{
	f->loss_taken = taken < f->loss.count ? taken : f->loss.count;
	f->loss.count -= f->loss_taken;
	f->missed += f->loss_taken;
}

void stream_skip(struct stream *f, uint64_t position, uint64_t seq, uint64_t lost)
{
	uint64_t accounted = gaps_accounted(&f->gaps), before = f->gaps.lost;
	uint64_t first = gaps_settled(&f->gaps) ? f->gaps.highest + 1 : f->gaps.items[0].from;
	uint64_t more = lost > before ? lost - before : 0;

	if (seq < accounted)
		seq = accounted;
	f->loss = (struct loss){ .count = seq - accounted, .first = first, .last = seq };
	divide_loss(f, f->loss.count > more ? f->loss.count - more : 0);
	print_loss(f);
	stream_init(f, f->ring, position, seq);
	f->gaps.lost = before + f->loss.count;
}

bool stream_tell(struct stream *f)
{
	while (f->telling && f->context->out->len < OUT_BATCH) {
		if (f->next_rescued < f->n_rescued) {
			print_rescued(f, &f->rescued[f->next_rescued++]);
		} else {
			print_loss(f);
			say_invalid(f); /* of those that were kept; there may be no further run */
			f->telling = false;
		}
	}
	if (!f->telling && gaps_settled(&f->gaps))
		f->clean = here(f, f->gaps.highest);
	return !f->telling;
}

/*
 * Records of a loss that were kept beside the ring come before it; one loss after the other. That
 * may be more than is missing, since not all numbers between the first and the last are: what a
 * reader before us was killed over, and who knew only how many were outstanding.
 */
static void settle(struct stream *f)
{
	uint64_t found;

	if (!f->telling && gaps_settle(&f->gaps, f->position, &f->loss)) {
		f->telling = true;
		f->next_rescued = 0;
		f->n_rescued = f->rescue ? f->rescue(f->arg, f->loss.first, f->loss.last,
						     f->rescued, BPFLOCK_KEPT_MAX)
					 : 0;
		found = f->n_rescued < f->loss.count ? f->n_rescued : f->loss.count;
		f->loss.count -= found;
		f->gaps.lost -= found;
		divide_loss(f, f->taken ? f->taken(f->arg, f->position, gaps_accounted(&f->gaps),
						   f->gaps.lost)
					: 0);
		f->gaps.lost -= f->loss_taken;
	}
	stream_tell(f);
}

/*
 * The class that a record was charged to, by the kernel's rule, whether or not the rest of it is
 * valid.
 */
static enum bpflock_class class_of(const void *record, size_t len)
{
	const char *bytes = record;
	uint8_t verdict = 0, by = 0;
	uint16_t event = 0;

	if (len >= sizeof(struct bpflock_record))
		memcpy(&event, bytes + offsetof(struct bpflock_record, event), sizeof(event));
	if (len >= sizeof(struct bpflock_decision_plain)) {
		verdict = bytes[offsetof(struct bpflock_decision_record, verdict)];
		by = bytes[offsetof(struct bpflock_decision_record, by)];
	}
	if (event == BPFLOCK_EVENT_EXECVE)
		return BPFLOCK_CLASS_EXEC;
	if (event == BPFLOCK_EVENT_TAMPER)
		return BPFLOCK_CLASS_TAMPER;
	if (event != BPFLOCK_EVENT_LOCKED_DOWN)
		return BPFLOCK_CLASS_DENIED;
	if (by)
		return BPFLOCK_CLASS_OTHERS;
	return verdict == BPFLOCK_VERDICT_ALLOW ? BPFLOCK_CLASS_ALLOWED : BPFLOCK_CLASS_DENIED;
}

static bool plausible(struct stream *f, uint64_t seq)
{
	uint64_t last;

	if (seq <= f->gaps.highest || seq - f->gaps.highest <= JUMP)
		return true;
	return f->last_seq(f->arg, &last) < 0 || seq <= last;
}

static void take(struct stream *f, const void *record, size_t len)
{
	struct event e;
	enum decode_outcome outcome = decode_record(record, len, &e);
	uint64_t seq = e.head.seq;

	f->consumed[class_of(record, len)] += BPFLOCK_RING_BYTES(len);
	if (outcome == DECODE_OK && !plausible(f, seq))
		outcome = DECODE_VALUE;
	if (outcome != DECODE_OK)
		refuse(f, outcome, &e);
	/* a refused record's number has arrived too; if it cannot be told, it ends as a lost one */
	if (seq && (outcome == DECODE_OK || plausible(f, seq))) {
		uint64_t producer = gaps_would_open(&f->gaps, seq) ? ring_producer(f->ring) : 0;

		if (!gaps_arrived(&f->gaps, seq, producer)) {
			f->repeats++;
			return;
		}
	}
	if (outcome != DECODE_OK)
		return;
	f->time = e.head.time;
	f->records++;
	print(f, &e);
}

enum stream_outcome stream_run(struct stream *f, uint64_t limit)
{
	enum stream_outcome outcome = STREAM_FULL;

	f->filtered = 0;
	while (outcome == STREAM_FULL &&
	       f->context->out->len + f->filtered * FILTERED_COST < OUT_BATCH) {
		const void *record;
		size_t len;

		if (f->telling && !stream_tell(f))
			break;
		if (f->position >= limit) {
			outcome = STREAM_EMPTY;
			break;
		}
		switch (ring_next(f->ring, &f->position, &record, &len)) {
		case RING_RECORD:
			take(f, record, len);
			break;
		case RING_DAMAGED:
			refuse(f, DECODE_SIZE, NULL);
			f->position = ring_producer(f->ring);
			break;
		case RING_EMPTY:
			outcome = STREAM_EMPTY;
			break;
		case RING_BUSY:
			outcome = STREAM_BUSY;
			break;
		}
		settle(f);
	}
	say_invalid(f);
	return f->telling ? STREAM_FULL : outcome;
}

void stream_expect(struct stream *f, uint64_t seq, uint64_t producer)
{
	gaps_expect(&f->gaps, seq, producer);
	settle(f);
}

int stream_take_stock(struct stream *f)
{
	uint64_t seq;
	int r = f->last_seq(f->arg, &seq);

	if (r < 0)
		return r;
	/* the number first, the position after it: see gaps.h */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	stream_expect(f, seq, ring_producer(f->ring));
	return 0;
}

struct checkpoint stream_checkpoint(const struct stream *f)
{
	if (f->telling || f->position - f->clean.position <= f->ring->size / 4)
		return f->clean;
	return here(f, gaps_accounted(&f->gaps));
}
