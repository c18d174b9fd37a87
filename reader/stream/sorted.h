/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events put in the order of their times, which is not that of the ring: repetitions and what was
 * kept beside the ring come late. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "decode.h"

struct sorted {
	struct sorted_event *events; /* owned */
	char *bytes;		     /* owned: their records */
	size_t n, events_size, len, size;
	int error;
};

void sorted_done(struct sorted *s);

/* Adds a copy of an event and its record. s->error is -ENOMEM if there was no room for all of them.
 */
void sorted_add(struct sorted *s, const struct event *e);

/* To be called once, after the last sorted_add(). */
void sorted_sort(struct sorted *s);

/* The ith event; it points into s. */
struct event sorted_at(const struct sorted *s, size_t i);
