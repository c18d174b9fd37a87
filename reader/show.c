// SPDX-License-Identifier: GPL-2.0-only
/* bpflock-log show: what is in the ring now. Takes nothing away, so it needs no lock. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "clock.h"

#include "input.h"
#include "message.h"
#include "output.h"
#include "program.h"

/* How long a record that is being written is waited for. */
#define BUSY_TRIES 100

struct show {
	struct input input;
	struct stream stream;
	struct out out;
	int output;	    /* what writing it failed with */
	uint64_t overtaken; /* numbers that a tail accounted for before we could */
};

static int flush(struct show *s)
{
	int r = output_write(&s->out);

	if (r < 0)
		s->output = r;
	return r;
}

/* A tail has taken what we were about to read: on from where it is now. */
static int start_over(struct show *s)
{
	struct bpflock_reader_state state;
	uint64_t position;
	int r;

	r = input_start(&s->input, &position, &state);
	if (r < 0)
		return r;
	if (state.seq > s->stream.gaps.highest)
		s->overtaken += state.seq - s->stream.gaps.highest;
	stream_init(&s->stream, &s->input.ring, position, state.seq);
	return 0;
}

/* Prints what one copy of the ring holds. How many bytes those were, or a negative errno. */
static int64_t read_copy(struct show *s, uint64_t limit)
{
	uint64_t start = s->stream.position;
	enum stream_outcome outcome;
	struct ring copy;
	int r;

	r = ring_snapshot(&s->input.ring, start, &copy);
	if (r < 0)
		return r;
	s->stream.ring = &copy;
	do {
		outcome = stream_run(&s->stream, limit);
		r = flush(s);
	} while (r == 0 && outcome == STREAM_FULL);
	s->stream.ring = &s->input.ring;
	ring_close(&copy);
	return r < 0 ? r : (int64_t)(s->stream.position - start);
}

static int read_until(struct show *s, uint64_t limit)
{
	int tries = 0;

	while (s->stream.position < limit) {
		int64_t n = read_copy(s, limit);
		int r;

		if (n == -ESTALE) {
			r = start_over(s);
			if (r < 0)
				return r;
			n = 0;
		}
		if (n < 0)
			return n;
		if (n > 0) {
			tries = 0;
		} else if (++tries > BUSY_TRIES) {
			message("a record is not finished yet, it and what follows it are not shown");
			return 0;
		} else {
			output_wait(-1, 1);
		}
	}
	return 0;
}

static int read_ring(struct show *s)
{
	uint64_t last, limit;
	int r;

	overflow_carry(&s->input.overflow, true);
	/* the number first, the position after it: see gaps.h */
	r = input_last_seq(&s->input, &last);
	if (r < 0)
		return r;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	limit = ring_producer(&s->input.ring);
	r = read_until(s, limit);
	/* what was missing on the way may still stand in what was written meanwhile */
	if (r == 0 && gaps_horizon(&s->stream.gaps) > limit)
		r = read_until(s, gaps_horizon(&s->stream.gaps));
	if (r < 0)
		return r;
	stream_expect(&s->stream, last, limit);
	do
		r = flush(s);
	while (r == 0 && !stream_tell(&s->stream));
	return r == 0 ? flush(s) : r;
}

static enum exit_status show(struct show *s, const struct request *request)
{
	struct wallclock clock;
	struct format_context context = { .out = &s->out,
					  .clock = &clock,
					  .color = request->color,
					  .narrow = request->narrow,
					  .selection = request->selection,
					  .cgroups = request->cgroups };
	int r;

	wallclock_init(&clock, request->utc);
	context.operations = s->input.pins->stamp.operations;
	s->stream = (struct stream){ .format = request->format,
				     .filter = request->filter,
				     .context = &context,
				     .last_seq = input_last_seq,
				     .rescue = input_rescue,
				     .arg = &s->input,
				     .time = clock_boottime() };
	r = start_over(s);
	s->overtaken = 0;
	if (r == 0)
		r = read_ring(s);
	if (s->overtaken)
		message("%" PRIu64 " records were taken by bpflock-log tail meanwhile",
			s->overtaken);
	message_invalid_records(&s->stream);
	if (s->output)
		return output_failed(s->output);
	if (r < 0) {
		message("cannot read %s: %s", s->input.pins->path, strerror(-r));
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

enum exit_status show_run(const struct request *request)
{
	static struct show s = { .input = INPUT_INIT };
	enum exit_status status;

	status = input_open(request->bpffs, false, &s.input);
	if (status != STATUS_OK)
		return status;
	status = show(&s, request);
	input_close(&s.input);
	return status;
}
