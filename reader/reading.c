// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the log. A drain is the one consumer of the ring: what it prints is written out first,
 * then accounted for in the reader map, then given back to the producers; so whenever it dies, a
 * successor repeats a record rather than missing or misreporting one. All others look: they copy
 * the records out of the ring, keep their own position, and change nothing.
 */
#include "reading.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "clock.h"
#include "filter.h"
#include "input.h"
#include "message.h"
#include "mountinfo.h"
#include "notify.h"
#include "output.h"
#include "ring-budget.h"
#include "sorted.h"
#include "stream.h"
#include "version.h"

#define BUSY_WAIT_MS 1	  /* a record being written: its program is running, or preempted */
#define STOCK_MS     100  /* between two looks for losses behind the last record */
#define IDLE_MS	     1000 /* between them where that may be of use, though no record has come */
#define SETTLE_MS    500  /* for numbers still outstanding at the end, since the last record */
#define LEAVE_MS     300  /* a program whose link lost its last pin runs on for about 100 ms */
#define LOOK_MS	     200 /* between two looks, if the next record wakes nobody */

struct reading {
	const struct request *request;
	bool consume;
	struct input input;
	struct stream stream;
	struct out out;
	struct wallclock clock;
	struct format_context context;
	struct mounts mounts;
	uint64_t consumed_before[_BPFLOCK_CLASS_MAX]; /* the same */
	uint64_t lost_here;			      /* from rings that we have left */
	uint64_t stock_taken, stock_due;	      /* when, boottime; 0: there is no need */
	bool unsettled;				      /* records came since it was taken */
	/* for the summary: what of it was written out */
	uint64_t told_records;
	uint64_t told_lost;
	uint64_t told_missed;
	struct checkpoint saved;
	bool save_failed;
	int output; /* what writing it failed with */
	int error;  /* what reading failed with */
	int pause;  /* ms: how long to wait for the next look */
};

/* A batch of records. */
struct turn {
	enum stream_outcome outcome;
	bool news; /* there were some */
};

/* Both are of a ring: the time that is told for a record, and which records are too old. */
static int start_clock(struct reading *t)
{
	struct bpflock_log_state state;
	int64_t since;
	int r = pins_read_log_state(t->input.pins, &state);

	if (r < 0)
		return r;
	wallclock_pin(&t->clock, state.wall);
	since = t->request->since - t->clock.offset;
	if (t->request->since)
		t->request->filter->since = since > 0 ? since : 0;
	return 0;
}

static bool attach(struct reading *t)
{
	struct bpflock_reader_state state;
	uint64_t position;
	int r = input_start(&t->input, &position, &state);

	if (r == 0)
		r = start_clock(t);
	if (r < 0) {
		message_error("%s: cannot read: %s", t->input.pins->path, strerror(-r));
		return false;
	}
	t->context.operations = t->input.pins->stamp.operations;
	t->context.host_netns = t->input.pins->stamp.host_netns;
	t->input.lost_before = state.lost;
	memcpy(t->consumed_before, state.consumed, sizeof(t->consumed_before));
	stream_init(&t->stream, &t->input.ring, position, state.seq);
	t->saved = t->stream.clean;
	t->stock_due = t->stock_taken + 1;
	t->unsettled = true;
	return true;
}

/* A failure costs a successor repetitions and exactness, and us nothing: said once. */
static void save(struct reading *t, const struct checkpoint *c)
{
	struct bpflock_reader_state state = { .seq = c->seq,
					      .lost = t->input.lost_before + c->lost,
					      .position = c->position };
	int r;

	for (size_t i = 0; i < _BPFLOCK_CLASS_MAX; i++)
		state.consumed[i] = t->consumed_before[i] + c->consumed[i];

	if (memcmp(c, &t->saved, sizeof(*c)) == 0)
		return;
	r = pins_write_reader_state(t->input.reader_fd, &state);
	if (r < 0 && !t->save_failed)
		message_error("%s/" PIN_READER ": cannot save the position: %s", t->input.pins->path,
			      strerror(-r));
	t->save_failed = r < 0;
}

/* Writes, accounts for, tells others, gives back; in this order. */
static int flush(struct reading *t)
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
	t->told_records = t->stream.records;
	t->told_missed = t->stream.missed;
	if (!t->stream.telling)
		t->told_lost = t->lost_here + t->stream.gaps.lost;
	if (!t->consume)
		return 0;
	c = stream_checkpoint(&t->stream);
	save(t, &c);
	if (c.position != t->saved.position) {
		watch_tell(t->input.lock_fd);
		ring_release(&t->input.ring, c.position);
	}
	/* until its last line is written a loss may have to be told again */
	if (!t->stream.telling)
		overflow_release(&t->input.overflow);
	t->saved = c;
	return 0;
}

/* Producers have come round to what was to be read next: on from where the drain is. */
static int skip(struct reading *t)
{
	struct bpflock_reader_state state;
	uint64_t position;
	int r = input_start(&t->input, &position, &state);

	if (r == 0)
		stream_skip(&t->stream, position, state.seq, state.lost - t->input.lost_before);
	return r;
}

/* Prints what one copy of the ring holds. A negative errno if there is none. */
static int look(struct reading *t, uint64_t limit, enum stream_outcome *ret_outcome)
{
	struct ring copy;
	int r = ring_snapshot(&t->input.ring, t->stream.position, &copy);

	if (r < 0)
		return r;
	t->stream.ring = &copy;
	do
		*ret_outcome = stream_run(&t->stream, limit);
	while (*ret_outcome == STREAM_FULL && flush(t) == 0);
	t->stream.ring = &t->input.ring;
	ring_close(&copy);
	return 0;
}

/* Formats what is before `limit`; of a look all that there is. */
static enum stream_outcome run(struct reading *t, uint64_t limit)
{
	enum stream_outcome outcome = STREAM_EMPTY;
	int r;

	if (t->consume)
		return stream_run(&t->stream, limit);
	r = look(t, limit, &outcome);
	if (r == -ESTALE) {
		r = skip(t);
		outcome = STREAM_FULL;
	}
	if (r < 0)
		t->error = r;
	/* the copy ends before a record that is not committed */
	return r == 0 && outcome == STREAM_EMPTY && t->stream.position < limit &&
			       t->stream.position != ring_producer(&t->input.ring)
		       ? STREAM_BUSY
		       : outcome;
}

static uint64_t ms_since(uint64_t then)
{
	return (clock_boottime() - then) / NS_PER_MS;
}

/* A decision may find no room, and then wakes nobody: see over_budget() in log.h. */
static bool is_crowded(const struct reading *t)
{
	const struct ring *ring = &t->input.ring;

	return ring_producer(ring) - ring_consumer(ring) > RING_CROWDED(ring->size);
}

/*
 * Looks for losses behind the last record, and for repetitions that are due. Once more some time after the last record:
 * a program that found no room can be preempted before it takes the number that tells of it.
 */
static void take_stock(struct reading *t, uint64_t now)
{
	uint64_t carry;

	t->stock_taken = t->stream.time = now;
	carry = overflow_carry(&t->input.overflow, false);
	/* if the map cannot be read now, then next time */
	if (stream_take_stock(&t->stream) < 0 || t->unsettled || is_crowded(t))
		carry = now;
	t->unsettled = false;
	t->stock_due = carry && carry < now + IDLE_MS * NS_PER_MS ? now + IDLE_MS * NS_PER_MS : carry;
}

/* Takes stock, if it is time. Returns the ms until it is; -1: not before another record has come. */
static int wait_for_stock(struct reading *t, bool news)
{
	uint64_t soon = t->stock_taken + STOCK_MS * NS_PER_MS, now = clock_boottime();
	uint64_t ms;

	if (news && (!t->stock_due || soon < t->stock_due))
		t->stock_due = soon;
	t->unsettled |= news;
	if (t->stock_due && t->stock_due <= now)
		take_stock(t, now);
	if (t->stream.telling)
		return 0;
	if (!t->stock_due && watch_is_complete(&t->input.watch))
		return -1;
	ms = t->stock_due ? (t->stock_due - now) / NS_PER_MS + 1 : UINT64_MAX;
	if (ms > IDLE_MS && !watch_is_complete(&t->input.watch))
		return IDLE_MS;
	return ms < INT_MAX ? ms : INT_MAX;
}

/*
 * Returns how long a look that found nothing more waits. While the ring holds records that nobody
 * has taken, the kernel wakes for the next one only if it is asked to. If it cannot be, the looks become rarer until
 * something comes, and as they do while a record is being written.
 */
static int pause_for(struct reading *t, const struct turn *after, int timeout, int *fd)
{
	bool woken = after->outcome == STREAM_EMPTY &&
		     (ring_consumer(&t->input.ring) == t->stream.position ||
		      overflow_wait(&t->input.overflow));

	if (woken)
		return ring_producer(&t->input.ring) == t->stream.position ? timeout : 0;
	*fd = -1;
	t->pause = after->news || !t->pause ? BUSY_WAIT_MS
		   : t->pause * 2 < LOOK_MS ? t->pause * 2
					    : LOOK_MS;
	return timeout >= 0 && timeout < t->pause ? timeout : t->pause;
}

/* One batch, which is out before anything else is looked at. 0, or a negative errno after reading or
 * the output failed. */
static int turn(struct reading *t, struct turn *ret)
{
	uint64_t records = t->stream.records;
	int r;

	wallclock_refresh(&t->clock);
	ret->outcome = run(t, UINT64_MAX);
	ret->news = t->stream.records != records;
	r = t->error ?: t->output;
	return r < 0 ? r : flush(t);
}

/* Waits for the next batch. 0 or as above. */
static int rest(struct reading *t, const struct turn *after, bool wait)
{
	int timeout = t->consume ? BUSY_WAIT_MS : LOOK_MS;
	int fd = -1;
	int r;

	if (after->outcome == STREAM_FULL)
		return 0;
	if (after->outcome == STREAM_EMPTY) {
		timeout = wait_for_stock(t, after->news);
		fd = t->input.watch.fd;
	}
	if (!t->consume)
		timeout = pause_for(t, after, timeout, &fd);
	r = flush(t); /* of losses */
	if (r == 0 && !output_wait(fd, wait ? timeout : BUSY_WAIT_MS))
		r = t->output = -EPIPE;
	return r;
}

/* Reads on for so long, unless we are asked to end. */
static int linger(struct reading *t, unsigned int ms)
{
	uint64_t start = clock_boottime();
	struct turn done;
	int r = 0;

	while (r == 0 && !output_stopping() && ms_since(start) < ms) {
		r = turn(t, &done);
		if (r == 0)
			r = rest(t, &done, false);
	}
	return r;
}

/* Accounts for every number given away until now. */
static int finish(struct reading *t)
{
	uint64_t progress = clock_boottime();
	uint64_t limit;
	int r;

	t->stream.time = progress;
	overflow_carry(&t->input.overflow, true);
	stream_take_stock(&t->stream);
	limit = ring_producer(&t->input.ring);
	do {
		uint64_t position = t->stream.position;
		enum stream_outcome outcome;

		if (limit < gaps_horizon(&t->stream.gaps))
			limit = gaps_horizon(&t->stream.gaps);
		outcome = run(t, limit);
		r = t->error ?: t->output ?: flush(t);
		if (r == 0 && outcome == STREAM_BUSY)
			output_wait(-1, BUSY_WAIT_MS);
		if (t->stream.position != position)
			progress = clock_boottime();
	} while (r == 0 && ms_since(progress) < SETTLE_MS &&
		 (t->stream.telling || t->stream.position < limit ||
		  !gaps_settled(&t->stream.gaps)));
	if (r == 0 && t->stream.position < limit && !output_is_stderr())
		message_error("a record is not complete yet: it and all later ones are not printed");
	return r;
}

/* The exit status of a failed output_write(), explained unless it is the reader's choice. */
static enum exit_status output_failed(int error)
{
	if (error == -EPIPE)
		return STATUS_OK;
	if (error == -ECANCELED)
		message_error("standard output: nobody reads it; unread records stay in the ring");
	else
		message_error("standard output: cannot write: %s", strerror(-error));
	return STATUS_FAILED;
}

/* A line on stderr for the records that had to be skipped, if there were any. */
static void message_invalid_records(const struct stream *f)
{
	for (int i = 0; i < _DECODE_MAX; i++) {
		if (f->invalid[i] && i == DECODE_FOREIGN)
			message_error("skipped %" PRIu64 " records of format version %u; "
				"this bpflock-log %s reads %u",
				f->invalid[i], f->foreign_abi, BPFLOCK_VERSION, BPFLOCK_ABI);
		else if (f->invalid[i])
			message_error("skipped %" PRIu64 " damaged records: %s", f->invalid[i],
				decode_text(i));
	}
}

static enum exit_status failed(const struct reading *t)
{
	if (t->output)
		return output_failed(t->output);
	message_error("%s: cannot read: %s", t->input.pins->path, strerror(-t->error));
	return STATUS_FAILED;
}

static void leave(struct reading *t)
{
	t->lost_here += t->stream.gaps.lost;
	t->stream.gaps.lost = 0;
	input_close(&t->input);
}

static enum exit_status unloaded(struct reading *t)
{
	if (linger(t, LEAVE_MS) < 0 || finish(t) < 0)
		return failed(t);
	if (!output_is_stderr())
		message_error(t->stream.unload_announced
				? "bpflock was unloaded"
				: "bpflock was unloaded by removing its pins, not by bpflock-ctl: "
				  "by whom is unknown");
	return STATUS_NOT_LOADED;
}

/* Returns whether the set published now has the ring that we are reading. */
static bool ring_is_published(const struct reading *t)
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
static enum exit_status move_over(struct reading *t)
{
	bool same = ring_is_published(t);
	struct input next = INPUT_INIT;
	enum exit_status status;

	status = input_open(t->request->bpffs, t->consume, &next);
	if (status == STATUS_BUSY && same) /* another was faster, and it is his ring now */
		return status;
	if ((!same && linger(t, LEAVE_MS) < 0) || finish(t) < 0) {
		input_close(&next);
		return failed(t);
	}
	if (status != STATUS_OK)
		return status;
	if (same && !t->consume) {
		next.lost_before = t->input.lost_before;
		input_close(&t->input);
		t->input = next;
		t->context.operations = next.pins->stamp.operations;
		t->context.host_netns = next.pins->stamp.host_netns;
		t->stock_due = t->stock_taken + 1;
		return STATUS_OK;
	}
	leave(t);
	t->input = next;
	return attach(t) ? STATUS_OK : STATUS_FAILED;
}

static enum exit_status follow_changes(struct reading *t)
{
	while (!output_stopping()) {
		enum exit_status status = STATUS_OK;
		struct turn done;

		if (turn(t, &done) < 0)
			return failed(t);
		/* what comes between these looks and the wait is an event */
		watch_clear(&t->input.watch);
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
		if (rest(t, &done, true) < 0)
			return failed(t);
	}
	return finish(t) < 0 ? failed(t) : STATUS_OK;
}

static enum exit_status follow(struct reading *t)
{
	enum exit_status status;

	notify("READY=1");
	status = follow_changes(t);
	notify("STOPPING=1");
	return status;
}

static struct sorted collected;
static size_t matched; /* of them: all but those on losses */

static void collect(const struct format_context *c, const struct event *e)
{
	(void)c;
	sorted_add(&collected, e);
	matched += e->kind < EVENT_LOST;
}

/* All that is there, by time. */
static enum exit_status show(struct reading *t)
{
	static const struct format collecting = { .write = collect };
	int r;

	t->stream.format = &collecting;
	r = finish(t);
	if (r == 0)
		r = t->error = collected.error;
	sorted_sort(&collected);
	for (size_t i = 0; r == 0 && i < collected.n; i++) {
		struct event e = sorted_at(&collected, i);

		t->request->format->write(&t->context, &e);
		if (t->out.len >= OUT_BATCH || i + 1 == collected.n)
			r = t->output = output_write(&t->out);
	}
	if (r == 0 && !matched && t->request->filter && !output_is_stderr())
		message_error("no record matches (%" PRIu64 " in the ring)", t->stream.records);
	sorted_done(&collected);
	return r < 0 ? failed(t) : STATUS_OK;
}

static void say_summary(const struct reading *t, enum reading_way way)
{
	/* all of it but damages is in events too, and the exit status */
	if (output_is_stderr())
		return;
	if (way != READING_SHOW)
		message_error("%" PRIu64 " records read, %" PRIu64 " lost", t->told_records,
			t->told_lost);
	if (t->told_missed)
		message_error("%" PRIu64
			" records were taken by bpflock-log drain before they could be read here",
			t->told_missed);
	if (t->stream.repeats)
		message_error("%" PRIu64 " records were accounted for before and are not repeated",
			t->stream.repeats);
	message_invalid_records(&t->stream);
}

enum exit_status reading_run(const struct request *request, enum reading_way way)
{
	static struct reading t = { .input = INPUT_INIT };
	enum exit_status status;

	output_handle_signals();
	t.consume = way == READING_DRAIN;
	status = input_open(request->bpffs, t.consume, &t.input);
	/* A manager takes an end before that for a failure ("protocol"), and this is not one. */
	if (status == STATUS_NOT_LOADED)
		notify("READY=1");
	if (status != STATUS_OK)
		return status;
	t.request = request;
	wallclock_init(&t.clock, request->utc);
	t.context = (struct format_context){ .out = &t.out,
					     .clock = &t.clock,
					     .color = request->color,
					     .columns = request->columns,
					     .days = true,
					     .selection = request->selection,
					     .cgroups = request->cgroups,
					     .mounts = &t.mounts };
	t.stream = (struct stream){ .format = request->format,
				    .filter = request->filter,
				    .context = &t.context,
				    .last_seq = input_last_seq,
				    .rescue = input_rescue,
				    .taken = t.consume ? NULL : input_taken,
				    .arg = &t.input,
				    .time = clock_boottime() };
	if (!attach(&t))
		status = STATUS_FAILED;
	else if (way == READING_SHOW)
		status = show(&t);
	else
		status = follow(&t);
	if (!request->quiet)
		say_summary(&t, way);
	mountinfo_done(&t.mounts);
	input_close(&t.input);
	return status;
}
