// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "abi.h"
#include "pins.h"
#include "util.h"

#define HEADER_SIZE 8

void ring_init(struct ring *r, const void *data, size_t size, const unsigned long *producer,
	       unsigned long *consumer)
{
	*r = (struct ring){
		.fd = -1,
		.size = size,
		.data = data,
		.producer = producer,
		.consumer = consumer,
	};
}

void ring_close(struct ring *r)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (r->consumer_page)
		munmap(r->consumer_page, page);
	if (r->producer_pages)
		munmap(r->producer_pages, page + 2 * r->size);
	close_fdp(&r->fd);
	free(r->copy);
	ring_init(r, NULL, 0, NULL, NULL);
}

static int map_pages(struct ring *r, bool consume)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *p;

	p = mmap(NULL, page, consume ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, r->fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	r->consumer_page = r->consumer = p;
	p = mmap(NULL, page + 2 * r->size, PROT_READ, MAP_SHARED, r->fd, page);
	if (p == MAP_FAILED)
		return -errno;
	r->producer_pages = p;
	r->producer = p;
	r->data = (const uint8_t *)p + page;
	return 0;
}

int ring_open(const char *set_path, bool consume, struct ring *ret_ring)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);
	struct ring ring;
	int r;

	ring_init(&ring, NULL, 0, NULL, NULL);
	ring.fd = pins_open_map(set_path, PIN_RING, true);
	if (ring.fd < 0)
		return ring.fd;
	r = bpf_obj_get_info_by_fd(ring.fd, &info, &len) < 0 ? -errno : 0;
	/* flags: BPF_F_RB_OVERWRITE, if it is that, moves records away under the consumer */
	if (r == 0 && (info.type != BPF_MAP_TYPE_RINGBUF || (info.map_flags & ~BPF_F_NUMA_NODE)))
		r = -EPROTONOSUPPORT;
	if (r == 0) {
		ring.id = info.id;
		ring.size = info.max_entries;
		r = map_pages(&ring, consume);
	}
	if (r < 0) {
		ring_close(&ring);
		return r;
	}
	*ret_ring = ring;
	return 0;
}

uint64_t ring_consumer(const struct ring *r)
{
	return __atomic_load_n(r->consumer, __ATOMIC_ACQUIRE);
}

uint64_t ring_producer(const struct ring *r)
{
	return __atomic_load_n(r->producer, __ATOMIC_ACQUIRE);
}

enum ring_outcome ring_next(const struct ring *r, uint64_t *pos, const void **ret_record,
			    size_t *ret_len)
{
	uint64_t producer = r->copy ? r->copy_end : ring_producer(r);

	while (*pos < producer) {
		const uint8_t *at =
			r->data + (r->copy ? *pos - r->copy_from : *pos & (r->size - 1));
		/* pairs with the xchg of the kernel's commit: without BUSY the record is whole */
		uint32_t header = __atomic_load_n((const uint32_t *)at, __ATOMIC_ACQUIRE);
		uint32_t len = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		uint64_t whole = ((uint64_t)len + HEADER_SIZE + 7) & ~7ULL;

		if (producer - *pos > r->size || whole > producer - *pos)
			return RING_DAMAGED;
		if (header & BPF_RINGBUF_BUSY_BIT)
			return RING_BUSY;
		*pos += whole;
		if (header & BPF_RINGBUF_DISCARD_BIT)
			continue;
		*ret_record = at + HEADER_SIZE;
		*ret_len = len;
		return RING_RECORD;
	}
	return RING_EMPTY;
}

void ring_release(struct ring *r, uint64_t pos)
{
	__atomic_store_n(r->consumer, pos, __ATOMIC_RELEASE);
}

/* Only what is committed before a copy starts is whole in the copy. */
static uint64_t committed(const struct ring *r, uint64_t from)
{
	const void *record;
	size_t len;

	while (ring_next(r, &from, &record, &len) == RING_RECORD)
		;
	return from;
}

/* In one piece, since the ring is mapped twice; NULL: out of memory. */
static uint8_t *copy_range(const struct ring *r, uint64_t from, uint64_t to)
{
	uint8_t *copy = malloc(to - from + 1); /* also if there is nothing */

	return copy ? memcpy(copy, r->data + (from & (r->size - 1)), to - from) : NULL;
}

/* A copy of what is between these positions as a ring that has these. */
static void become_copy(struct ring *ret, const struct ring *of, uint8_t *copy, uint64_t from,
			uint64_t to)
{
	ring_init(ret, copy, of->size, of->producer, NULL);
	ret->copy = copy;
	ret->copy_from = from;
	ret->copy_end = to;
}

int ring_snapshot(const struct ring *r, uint64_t from, struct ring *ret_copy)
{
	uint64_t to = committed(r, from);
	uint8_t *copy;

	if (to - from > r->size)
		return -ESTALE;
	copy = copy_range(r, from, to);
	if (!copy)
		return -ENOMEM;
	/*
	 * Data that was consumed stays until a producer needs its room. It writes the next header
	 * before it moves its position, which is read after the copy was made: until then nothing
	 * of the copy was overwritten.
	 */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (ring_producer(r) + HEADER_SIZE > from + r->size && ring_consumer(r) > from) {
		free(copy);
		return -ESTALE;
	}
	become_copy(ret_copy, r, copy, from, to);
	return 0;
}

/* Returns whether a record of ours can begin here; texts in records hold no NUL, which each head
 * has. */
static bool is_head(const struct ring *r, uint64_t pos, uint64_t end)
{
	struct bpflock_record head;
	const void *record;
	size_t len;

	if (end - pos < HEADER_SIZE + sizeof(head) ||
	    ring_next(r, &pos, &record, &len) != RING_RECORD || len < sizeof(head))
		return false;
	memcpy(&head, record, sizeof(head));
	return head.size == len && head.abi == BPFLOCK_ABI && head.seq && head.count;
}

/* Finds where a row of records begins that leads to `to`, and not before `from`; else `to`. */
static uint64_t first_record(const struct ring *copy, uint64_t from, uint64_t to)
{
	for (uint64_t start = from; start < to; start += HEADER_SIZE) {
		uint64_t pos = start;
		const void *record;
		size_t len;

		while (pos < to && is_head(copy, pos, copy->copy_end))
			ring_next(copy, &pos, &record, &len);
		if (pos >= to) /* behind it if one that was discarded follows */
			return start;
	}
	return to;
}

/* The consumer's position, which a member of the group can write, if it can be one; else the
 * producers'. */
static uint64_t believable_consumer(const struct ring *r)
{
	uint64_t producer = ring_producer(r), consumer = ring_consumer(r);

	return consumer > producer || producer - consumer > r->size || consumer % HEADER_SIZE
		       ? producer
		       : consumer;
}

int ring_history(const struct ring *r, size_t max, struct ring *ret_copy, uint64_t *ret_from)
{
	uint64_t unread = believable_consumer(r), to = committed(r, unread), from, whole;
	size_t room = max < r->size ? max / HEADER_SIZE * HEADER_SIZE : r->size;
	uint8_t *copy;

	from = to > room ? to - room : 0;
	if (from > unread)
		from = unread;
	copy = copy_range(r, from, to);
	if (!copy)
		return -ENOMEM;
	become_copy(ret_copy, r, copy, from, to);
	/* as in ring_snapshot(): what could have been written over before the copy was made is none
	 */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	whole = ring_producer(r) + HEADER_SIZE;
	whole = whole > r->size ? whole - r->size : 0;
	if (whole > from)
		from = whole < to ? whole : to;
	*ret_from = first_record(ret_copy, from, unread >= from ? unread : to);
	return 0;
}
