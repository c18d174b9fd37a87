/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the ring to text: walks the records, keeps account of their numbers, formats. Touches
 * neither files nor maps, so a test can feed it a ring of its own.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"
#include "format.h"
#include "gaps.h"
#include "ring.h"

/*
 * A checkpoint is where a successor can go on without missing, repeating or misreporting anything.
 */
struct checkpoint {
	uint64_t position; /* in the ring */
	uint64_t seq;
	uint64_t lost; /* in this feed */
	uint64_t consumed[_BPFLOCK_CLASS_MAX]; /* bytes of records, in this feed */
};

/* The last number given away, asked for only when it matters. 0 or a negative errno. */
typedef int (*stream_last_seq_fn)(void *arg, uint64_t *ret_seq);

/*
 * Records with numbers first..last that are not in the ring, in their order: at most max, how many.
 */
typedef size_t (*stream_rescue_fn)(void *arg, uint64_t first, uint64_t last,
				   struct bpflock_decision_record *ret_records, size_t max);

/*
 * Returns how many of `lost` numbers without a record, which are all until `position` and `seq`,
 * another reader has taken the records of.
 */
typedef uint64_t (*stream_taken_fn)(void *arg, uint64_t position, uint64_t seq, uint64_t lost);

struct filter;

struct stream {
	const struct ring *ring;
	const struct format *format;
	const struct filter *filter; /* NULL: everything is printed */
	struct format_context *context;
	stream_last_seq_fn last_seq;
	stream_rescue_fn rescue; /* NULL: what is not in the ring is lost */
	stream_taken_fn taken;	 /* NULL: there is no other */
	void *arg;

	uint64_t position; /* of the next record */
	uint64_t time;	   /* of the latest record */
	uint64_t records;  /* read, printed or not */
	size_t filtered;   /* of this batch */
	bool unload_announced; /* the set's last record: who has ended it */
	uint64_t missed;   /* records that another reader has taken */
	uint64_t repeats;  /* of numbers that were accounted for before, not printed */
	uint64_t invalid[_DECODE_MAX];
	uint64_t invalid_unsaid; /* not printed yet */
	uint16_t foreign_abi;	 /* of the latest record of another ABI */
	uint64_t consumed[_BPFLOCK_CLASS_MAX];
	struct checkpoint clean;
	struct gaps gaps;

	/* a loss that is being told: what of it was kept, then the rest; a batch may end in between */
	bool telling;
	struct loss loss;
	uint64_t loss_taken; /* of the same numbers, by another reader */
	struct bpflock_decision_record rescued[BPFLOCK_KEPT_MAX];
	size_t n_rescued;
	size_t next_rescued;
};

enum stream_outcome {
	STREAM_EMPTY, /* nothing more in the ring, or the limit is reached */
	STREAM_BUSY,  /* the next record is not committed yet */
	STREAM_FULL,  /* a batch is ready */
};

/*
 * Begins a stream. seq: the last number accounted for; position: where the first record after it
 * may be.
 */
void stream_init(struct stream *f, const struct ring *ring, uint64_t position, uint64_t seq);

/* Formats records before position `limit` until something above stops it. */
enum stream_outcome stream_run(struct stream *f, uint64_t limit);

/*
 * Goes on at `position`, because the ring no longer holds what was before it. Another reader has
 * accounted for the numbers up to seq, and found `lost` without a record since this stream began.
 * Reports both kinds.
 */
void stream_skip(struct stream *f, uint64_t position, uint64_t seq, uint64_t lost);

/*
 * Numbers up to seq are given away, and producer was read after seq was. Those without a record
 * before it are reported once the feed has passed it.
 */
void stream_expect(struct stream *f, uint64_t seq, uint64_t producer);

/*
 * Goes on with a loss that did not fit into the batch; whether it is told completely. stream_run()
 * does so by itself.
 */
bool stream_tell(struct stream *f);

/*
 * Does the same for the last number given away now: finds losses behind the last record. 0 or what
 * last_seq() failed with.
 */
int stream_take_stock(struct stream *f);

/*
 * Returns the checkpoint to keep after the output was written. Usually the last moment without an
 * open gap: the records after it stay in the ring, so a successor sees them again rather than
 * missing them. With a quarter of the ring held back that way, as happens all the time while more
 * comes than we can read, the ring matters more. Then the successor knows how many numbers are
 * outstanding, but not which: his count of the lost ones is right still, and a low one that comes
 * very late looks to him like a repetition.
 */
struct checkpoint stream_checkpoint(const struct stream *f);
