/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A consumer of the kernel's BPF ring buffer (kernel/bpf/ringbuf.c): libbpf 1.1 can neither peek
 * nor say where it stands, and loss accounting needs both.
 *
 * Page 0 of the map is the consumer's position, page 1 the producer's, then come the data pages,
 * mapped twice in a row so that a record is never split. Positions only grow. A record is a header
 * of 8 bytes (length and flags, page offset) and its bytes, rounded up to 8.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

struct ring {
	int fd; /* of the map; owned, -1 if there is none */
	uint32_t id;
	size_t size; /* of the data, a power of two */
	const uint8_t *data;
	const unsigned long *producer;
	unsigned long *consumer; /* writable if opened to consume */
	void *consumer_page;	 /* the mappings; owned, NULL if somebody else's memory */
	void *producer_pages;
	uint8_t *copy; /* ring_snapshot()'s; owned, NULL in a ring that lives */
	uint64_t copy_from, copy_end; /* the positions that it has */
};

enum ring_outcome {
	RING_RECORD,
	RING_EMPTY,
	RING_BUSY,    /* the next record is reserved and not yet committed: come back soon */
	RING_DAMAGED, /* what stands there is no record: overwritten, or consumed by another */
};

/*
 * Opens the ring of a set of pins. It needs a writable map fd in any case, since the kernel maps no
 * other; consume: whether ring_release() will be called. 0 or a negative errno, -EPROTONOSUPPORT
 * for a map that is no ring of this layout.
 */
int ring_open(const char *set_path, bool consume, struct ring *ret_ring);
void ring_close(struct ring *r);

/* A ring over somebody else's memory; data[2 * size] holds everything twice. */
void ring_init(struct ring *r, const void *data, size_t size, const unsigned long *producer,
	       unsigned long *consumer);

uint64_t ring_consumer(const struct ring *r);
uint64_t ring_producer(const struct ring *r);

/*
 * The record at *pos, or the first one after it that was not discarded, and *pos where it ends.
 * *pos also moves over discarded records if none follows. *ret_record points into the ring and is
 * good until ring_release().
 */
enum ring_outcome ring_next(const struct ring *r, uint64_t *pos, const void **ret_record,
			    size_t *ret_len);

/* Gives everything before pos back to the producers. */
void ring_release(struct ring *r, uint64_t pos);

/*
 * Copies what is committed from `from` on out of a ring that somebody else may be consuming.
 * *ret_copy ends at copy_end; its ring_producer() is still that of r, which must outlive it. 0,
 * -ENOMEM, or -ESTALE if producers have come round to `from`, so that the copy could hold anything.
 */
int ring_snapshot(const struct ring *r, uint64_t from, struct ring *ret_copy);

/*
 * Copies the newest records that the ring still holds, consumed or not, as long as nothing has been
 * written over them; at most max bytes of it. *ret_copy is as above, *ret_from where the first whole record
 * begins. 0 or -ENOMEM. Only a consumer's position is a known boundary; where the copy begins before that,
 * records are found by their heads, in an unbroken row up to there.
 */
int ring_history(const struct ring *r, size_t max, struct ring *ret_copy, uint64_t *ret_from);
