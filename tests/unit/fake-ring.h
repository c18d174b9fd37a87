/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's side of a ring, in memory. */
#pragma once

#include <stdint.h>

#define FAKE_RING_SIZE 8192

struct fake_ring {
	unsigned long producer;
	unsigned long consumer;
	uint64_t data[2 * FAKE_RING_SIZE / 8]; /* everything twice, as the kernel maps it */
};

/* Returns where the record begins. flags: BPF_RINGBUF_*_BIT. */
uint64_t fake_ring_put(struct fake_ring *f, const void *record, uint32_t len, uint32_t flags);

/* The record at this place is whole now, and so long. */
void fake_ring_commit(struct fake_ring *f, uint64_t at, uint32_t len);
