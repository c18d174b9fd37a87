/* SPDX-License-Identifier: GPL-2.0-only */
/* The published set of pins as the reader uses it. Says itself what is wrong. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "exit-status.h"
#include "overflow.h"
#include "pins.h"
#include "ring.h"
#include "watch.h"

struct input {
	struct pins *pins; /* owned */
	struct ring ring;
	struct overflow overflow;
	struct watch watch;
	int lock_fd;   /* of the set's maps directory: one drain at a time; -1 to look only */
	int reader_fd; /* of the reader map, writable; -1 to look only */
	uint64_t lost_before; /* lost, as the reader map had it when reading began; the caller's to
				 set */
	dev_t dev;     /* of that directory */
	ino_t ino;
};

#define INPUT_INIT                                                                             \
	{                                                                                      \
		.ring = { .fd = -1 }, .overflow = OVERFLOW_INIT, .watch = WATCH_INIT, .lock_fd = -1, \
		.reader_fd = -1                                                                \
	}

/*
 * Opens the published set. consume: take the lock and be able to write. Anything but STATUS_OK was
 * explained on stderr.
 */
enum exit_status input_open(const char *bpffs, bool consume, struct input *ret_source);
void input_close(struct input *s);

/*
 * Returns where reading starts: a ring position and what its predecessor has accounted for until
 * there.
 */
int input_start(const struct input *s, uint64_t *ret_position,
		struct bpflock_reader_state *ret_state);

/* The records that another reader took where a look found none (a stream_taken_fn); arg is the
 * source. */
uint64_t input_taken(void *arg, uint64_t position, uint64_t seq, uint64_t lost);

/* The last number given away (a stream_last_seq_fn); arg is the source. */
int input_last_seq(void *arg, uint64_t *ret_seq);

/* Takes the records that the ring had no room for (a stream_rescue_fn); arg is the input. */
size_t input_rescue(void *arg, uint64_t first, uint64_t last,
		    struct bpflock_decision_record *ret_records, size_t max);

enum input_change {
	INPUT_SAME,
	INPUT_REPLACED, /* another set is published under the name */
	INPUT_GONE,
};

enum input_change input_changed(const struct input *s);
