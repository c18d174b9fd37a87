// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpflock-log tail: the one consumer of the ring. What it prints is written out first, then
 * accounted for in the reader map, then given back to the producers; so whenever it dies, a
 * successor repeats a record rather than missing or misreporting one.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "clock.h"

#include "input.h"
#include "message.h"
#include "notify.h"
#include "output.h"
#include "program.h"

#define BUSY_WAIT_MS 1	  /* a record being written: its program is running, or preempted */
#define STOCK_MS     100  /* between two looks for losses behind the last record */
#define IDLE_MS	     1000 /* until we look around without a reason */
#define SETTLE_MS    500  /* for numbers still outstanding at the end */
#define LEAVE_MS     300  /* a program whose link lost its last pin runs on for about 100 ms */

struct tail {
	const struct request *request;
	struct input input;
	struct stream stream;
	struct out out;
	struct wallclock clock;
	struct format_context context;
	uint64_t lost_before; /* by our predecessors, as the reader map says */
	uint64_t consumed_before[_BPFLOCK_CLASS_MAX]; /* the same */
	uint64_t lost_here;   /* from rings that we have left */
	uint64_t stock_taken; /* when, boottime */
	/* for the summary: what of it was written out */
	uint64_t told_records;
	uint64_t told_lost;
	struct checkpoint saved;
	bool save_failed;
	int output; /* what writing it failed with */
};

static bool attach(struct tail *t)
{
	struct bpflock_reader_state state;
	uint64_t position;
	int r = input_start(&t->input, &position, &state);

	if (r < 0) {
		message("cannot read %s: %s", t->input.pins->path, strerror(-r));
		return false;
	}
	t->context.operations = t->input.pins->stamp.operations;
	t->lost_before = state.lost;
	memcpy(t->consumed_before, state.consumed, sizeof(t->consumed_before));
	stream_init(&t->stream, &t->input.ring, position, state.seq);
	t->saved = t->stream.clean;
	return true;
}

/* A failure costs a successor repetitions and exactness, and us nothing: said once. */
static void save(struct tail *t, const struct checkpoint *c)
{
	struct bpflock_reader_state state = { .seq = c->seq,
					      .lost = t->lost_before + c->lost,
					      .position = c->position };
	int r;

	for (size_t i = 0; i < _BPFLOCK_CLASS_MAX; i++)
		state.consumed[i] = t->consumed_before[i] + c->consumed[i];

	if (memcmp(c, &t->saved, sizeof(*c)) == 0)
		return;
	r = pins_write_reader_state(t->input.reader_fd, &state);
	if (r < 0 && !t->save_failed)
		message("cannot note down in %s/" PIN_READER " what was read: %s",
			t->input.pins->path, strerror(-r));
	t->save_failed = r < 0;
}

/* Writes, accounts for, gives back; in this order. */
static int flush(struct tail *t)
{
	struct checkpoint c;
	int r;

	if (t->out.len) {
		r = output_write(&t->out);
		if (r < 0) {
			t->output = r;
			return r;
		}
	}
	c = stream_checkpoint(&t->stream);
	save(t, &c);
	if (c.position != t->saved.position)
		ring_release(&t->input.ring, c.position);
	t->told_records = t->stream.records;
	/* until its last line is written a loss may have to be told again */
	if (!t->stream.telling) {
		t->told_lost = t->lost_here + t->stream.gaps.lost;
		overflow_release(&t->input.overflow);
	}
	t->saved = c;
	return 0;
}

static uint64_t ms_since(uint64_t then)
{
	return (clock_boottime() - then) / NS_PER_MS;
}

/* Looks for losses behind the last record, if it is time. How long until it is. */
static int take_stock(struct tail *t)
{
	uint64_t age = ms_since(t->stock_taken);

	if (age < STOCK_MS)
		return STOCK_MS - age;
	t->stock_taken = t->stream.time = clock_boottime();
	overflow_carry(&t->input.overflow, false);
	stream_take_stock(&t->stream); /* if the map cannot be read now, then next time */
	return IDLE_MS;
}

/* One batch, or a wait for one. 0, or a negative errno after the output failed. */
static int turn(struct tail *t, bool wait)
{
	enum stream_outcome outcome;
	int timeout = BUSY_WAIT_MS;
	int fd = -1;
	int r;

	wallclock_refresh(&t->clock);
	outcome = stream_run(&t->stream, UINT64_MAX);
	if (outcome == STREAM_EMPTY) {
		timeout = take_stock(t);
		fd = t->input.ring.fd;
	}
	r = flush(t);
	if (r == 0 && outcome != STREAM_FULL && !output_wait(fd, wait ? timeout : BUSY_WAIT_MS))
		r = t->output = -EPIPE;
	return r;
}

/* Reads on for so long, unless we are asked to end. */
static int linger(struct tail *t, unsigned int ms)
{
	uint64_t start = clock_boottime();
	int r = 0;

	while (r == 0 && !output_stopping() && ms_since(start) < ms)
		r = turn(t, false);
	return r;
}

/* Accounts for every number given away until now. */
static int finish(struct tail *t)
{
	uint64_t start = clock_boottime();
	uint64_t limit;
	int r;

	t->stream.time = start;
	overflow_carry(&t->input.overflow, true);
	stream_take_stock(&t->stream);
	limit = ring_producer(&t->input.ring);
	do {
		enum stream_outcome outcome;

		if (limit < gaps_horizon(&t->stream.gaps))
			limit = gaps_horizon(&t->stream.gaps);
		outcome = stream_run(&t->stream, limit);
		r = flush(t);
		if (r == 0 && outcome == STREAM_BUSY)
			output_wait(-1, BUSY_WAIT_MS);
	} while (r == 0 && ms_since(start) < SETTLE_MS &&
		 (t->stream.telling || t->stream.position < limit ||
		  !gaps_settled(&t->stream.gaps)));
	return r;
}

static void leave(struct tail *t)
{
	t->lost_here += t->stream.gaps.lost;
	t->stream.gaps.lost = 0;
	input_close(&t->input);
}

static enum exit_status unloaded(struct tail *t)
{
	if (linger(t, LEAVE_MS) < 0 || finish(t) < 0)
		return output_failed(t->output);
	message(t->stream.unload_announced
			? "bpflock was unloaded"
			: "bpflock was unloaded by removing its pins, and not by bpflock-ctl: who did it "
			  "is not known");
	return STATUS_NOT_LOADED;
}

/* Whether the set published now has the ring that we are reading. */
static bool ring_is_published(const struct tail *t)
{
	struct ring ring;
	bool same;

	if (ring_open(t->input.pins->path, false, &ring) < 0)
		return false;
	same = ring.id == t->input.ring.id;
	ring_close(&ring);
	return same;
}

/*
 * Moves over to the set that is published now. Its ring may be the one we have, but its directory
 * is another one, and so is the lock. Records of the old programs come for a moment longer.
 */
static enum exit_status move_over(struct tail *t)
{
	bool same = ring_is_published(t);
	struct input next = INPUT_INIT;
	enum exit_status status;

	status = input_open(t->request->bpffs, true, &next);
	if (status == STATUS_BUSY && same) /* another was faster, and it is his ring now */
		return status;
	if ((!same && linger(t, LEAVE_MS) < 0) || finish(t) < 0) {
		input_close(&next);
		return output_failed(t->output);
	}
	if (status != STATUS_OK)
		return status;
	leave(t);
	t->input = next;
	return attach(t) ? STATUS_OK : STATUS_FAILED;
}

static enum exit_status follow(struct tail *t)
{
	while (!output_stopping()) {
		enum exit_status status = STATUS_OK;

		switch (input_changed(&t->input)) {
		case INPUT_SAME:
			break;
		case INPUT_GONE:
			return unloaded(t);
		case INPUT_REPLACED:
			status = move_over(t);
			break;
		}
		if (status != STATUS_OK || t->output)
			return status;
		if (turn(t, true) < 0)
			return output_failed(t->output);
	}
	return finish(t) < 0 ? output_failed(t->output) : STATUS_OK;
}

static void say_summary(const struct tail *t)
{
	message("%" PRIu64 " records read, %" PRIu64 " lost", t->told_records, t->told_lost);
	if (t->stream.repeats)
		message("%" PRIu64 " records were accounted for before and are not repeated",
			t->stream.repeats);
	message_invalid_records(&t->stream);
}

enum exit_status tail_run(const struct request *request)
{
	static struct tail t = { .input = INPUT_INIT };
	enum exit_status status;

	output_handle_signals();
	status = input_open(request->bpffs, true, &t.input);
	if (status != STATUS_OK)
		return status;
	t.request = request;
	wallclock_init(&t.clock, request->utc);
	t.context = (struct format_context){ .out = &t.out,
					     .clock = &t.clock,
					     .color = request->color,
					     .narrow = request->narrow,
					     .selection = request->selection,
					     .cgroups = request->cgroups };
	t.stream = (struct stream){ .format = request->format,
				    .filter = request->filter,
				    .context = &t.context,
				    .last_seq = input_last_seq,
				    .rescue = input_rescue,
				    .arg = &t.input,
				    .time = clock_boottime() };
	status = STATUS_FAILED;
	if (attach(&t)) {
		notify("READY=1");
		status = follow(&t);
		notify("STOPPING=1");
	}
	say_summary(&t);
	input_close(&t.input);
	return status;
}
