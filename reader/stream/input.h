/* SPDX-License-Identifier: GPL-2.0-only */
/* The published set of pins as the reader uses it. Says itself what is wrong. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pins.h"
#include "ring.h"
#include "exit-status.h"
#include "overflow.h"

struct source {
	struct pins *pins; /* owned */
	struct ring ring;
	struct beside beside;
	int lock_fd;   /* of the set's maps directory: one consumer at a time; -1 to look only */
	int reader_fd; /* of the reader map, writable; -1 to look only */
	dev_t dev;     /* of that directory */
	ino_t ino;
};

#define SOURCE_INIT                                                                  \
	{                                                                            \
		.ring = { .fd = -1 }, .beside = BESIDE_INIT, .lock_fd = -1, .reader_fd = -1 \
	}

/* consume: take the lock and be able to write. Anything but STATUS_OK was explained on stderr. */
enum exit_status source_open(const char *bpffs, bool consume, struct source *ret_source);
void source_close(struct source *s);

/* Where reading starts: a ring position and what its predecessor has accounted for until there. */
int source_start(const struct source *s, uint64_t *ret_position,
		 struct bpflock_reader_state *ret_state);

/* The last number given away (a feed_last_seq_fn); arg is the source. */
int source_last_seq(void *arg, uint64_t *ret_seq);

/* What the ring had no room for (a feed_rescue_fn); arg is the source. */
size_t source_rescue(void *arg, uint64_t first, uint64_t last,
		     struct bpflock_decision_record *ret_records, size_t max);

enum source_change {
	SOURCE_SAME,
	SOURCE_REPLACED, /* another set is published under the name */
	SOURCE_GONE,
};

enum source_change source_changed(const struct source *s);
