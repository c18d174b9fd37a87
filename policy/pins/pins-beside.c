// SPDX-License-Identifier: GPL-2.0-only
/* What of the log is beside the ring, for those who do not consume it: see bpf/recent.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "ask.h"
#include "pins-lock.h"
#include "pins.h"
#include "util.h"

#define SLOT_TRIES 10
#define SLOT_MAX   sizeof(struct bpflock_recent)

_Static_assert(offsetof(struct bpflock_recent, busy) == 0, "read_slot() looks there");
_Static_assert(offsetof(struct bpflock_kept, busy) == 0, "read_slot() looks there");
_Static_assert(sizeof(struct bpflock_kept) <= SLOT_MAX, "read_slot() has room");

static bool is_busy(const void *slot)
{
	return *(const __u64 *)slot != 0;
}

/*
 * A slot whose record, at this offset, is whole: programs write it under a lock that we cannot take,
 * so it is read twice. False also if it is written all the time.
 */
static bool read_slot(int fd, uint32_t i, size_t record, void *ret)
{
	char again[SLOT_MAX];

	for (int tries = 0; tries < SLOT_TRIES; tries++) {
		if (bpf_map_lookup_elem(fd, &i, again) < 0 || bpf_map_lookup_elem(fd, &i, ret) < 0)
			return false;
		if (!is_busy(again) && !is_busy(ret) &&
		    memcmp(again + record, (char *)ret + record,
			   sizeof(struct bpflock_decision_record)) == 0)
			return true;
	}
	return false;
}

static bool use_recent(const struct bpflock_recent *slot, struct bpflock_decision_record *ret)
{
	if (!slot->record.head.size || !slot->pending)
		return false;
	*ret = slot->record;
	ret->head.count = slot->pending;
	ret->head.time = slot->last;
	ret->head.seq = UINT64_MAX;
	return true;
}

static bool read_recent(int fd, uint32_t i, struct bpflock_decision_record *ret)
{
	struct bpflock_recent slot;

	return read_slot(fd, i, offsetof(struct bpflock_recent, record), &slot) &&
	       use_recent(&slot, ret);
}

static bool read_kept(int fd, uint32_t i, struct bpflock_decision_record *ret)
{
	struct bpflock_kept slot;

	if (!read_slot(fd, i, offsetof(struct bpflock_kept, record), &slot) ||
	    !slot.record.head.size)
		return false;
	*ret = slot.record;
	return true;
}

/* Of a sealed set: only slots that hold something are answered, one after another. */
static int read_sealed(int fd, enum bpflock_ask what, struct bpflock_decision_record *ret)
{
	struct bpflock_question q = { .what = what };
	int n = 0, r;

	while ((r = ask(fd, &q)) >= 0) {
		if (r == 0) /* it is being written */
			continue;
		if (what == BPFLOCK_ASK_KEPT)
			ret[n++] = q.answer.kept.record;
		else
			n += use_recent(&q.answer.recent, &ret[n]);
	}
	return r == -ENOENT ? n : r;
}

static int read_all_sealed(int fd, struct bpflock_decision_record *records)
{
	int n = read_sealed(fd, BPFLOCK_ASK_RECENT, records), more;

	if (n < 0)
		return n;
	more = read_sealed(fd, BPFLOCK_ASK_KEPT, records + n);
	return more < 0 ? more : n + more;
}

int pins_read_beside(const struct pins *p, struct bpflock_decision_record **ret_records)
{
	struct bpflock_decision_record *records =
		calloc(BPFLOCK_RECENT + BPFLOCK_KEPT_MAX, sizeof(*records));
	int n = 0;

	if (!records)
		return -ENOMEM;
	if (p->slots.ask >= 0)
		n = read_all_sealed(p->slots.ask, records);
	if (n < 0) {
		free(records);
		return n;
	}
	for (uint32_t i = 0; p->recent_fd >= 0 && i < BPFLOCK_RECENT; i++)
		n += read_recent(p->recent_fd, i, &records[n]);
	for (uint32_t i = 0; p->kept_fd >= 0 && i < BPFLOCK_KEPT_MAX; i++)
		n += read_kept(p->kept_fd, i, &records[n]);
	*ret_records = records;
	return n;
}

/* Decisions that wait for a record. What is kept beside the ring has a number, as what is in it. */
static uint64_t count_waiting(const struct pins *p)
{
	struct bpflock_decision_record *records;
	int n = pins_read_beside(p, &records);
	uint64_t sum = 0;

	if (n < 0)
		return 0;
	for (int i = 0; i < n; i++)
		if (records[i].head.seq == UINT64_MAX)
			sum += records[i].head.count;
	free(records);
	return sum;
}

bool pins_describe_unread(const struct pins *p, char text[PINS_UNREAD_LEN])
{
	struct bpflock_reader_state read;
	struct bpflock_log_state state;
	uint64_t numbered, waiting;
	char maps[PATH_MAX];

	if ((p->log_state_fd < 0 && p->slots.ask < 0) || p->reader_fd < 0 ||
	    pins_path(maps, p->path, "maps") < 0 || pins_lock_is_held(maps) ||
	    pins_read_log_state(p, &state) < 0 || pins_read_reader_state(p, &read) < 0)
		return false;
	numbered = state.seq > read.seq ? state.seq - read.seq : 0;
	waiting = count_waiting(p);
	snprintf(text, PINS_UNREAD_LEN,
		 "%llu records and %llu repetitions that no bpflock-log drain has taken",
		 (unsigned long long)numbered, (unsigned long long)waiting);
	return numbered || waiting;
}
