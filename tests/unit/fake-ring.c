// SPDX-License-Identifier: GPL-2.0-only
#include "fake-ring.h"

#include <stddef.h>

static void poke(struct fake_ring *f, uint64_t pos, const void *from, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t at = (pos + i) & (FAKE_RING_SIZE - 1);

		((uint8_t *)f->data)[at] = ((uint8_t *)f->data)[at + FAKE_RING_SIZE] =
			((const uint8_t *)from)[i];
	}
}

uint64_t fake_ring_put(struct fake_ring *f, const void *record, uint32_t len, uint32_t flags)
{
	uint32_t header[] = { len | flags, 0 };
	uint64_t at = f->producer;

	poke(f, at, header, sizeof(header));
	poke(f, at + sizeof(header), record, len);
	f->producer += (sizeof(header) + len + 7) & ~7U;
	return at;
}

void fake_ring_commit(struct fake_ring *f, uint64_t at, uint32_t len)
{
	poke(f, at, &len, sizeof(len));
}
