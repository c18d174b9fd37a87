// SPDX-License-Identifier: GPL-2.0-only
#include "overflow-unread.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "overflow.h"
#include "pins-lock.h"
#include "pins.h"

/* Decisions that wait for a record. What is kept has a number, as what is in the ring. */
static uint64_t count_waiting(const struct pins *p)
{
	struct bpflock_decision_record *records = NULL;
	struct overflow o;
	uint64_t sum = 0;
	int n;

	overflow_open(p->path, false, &o);
	n = overflow_read(&o, &records, NULL);
	for (int i = 0; i < n; i++)
		sum += records[i].head.seq == UINT64_MAX ? records[i].head.count : 0;
	free(records);
	overflow_close(&o);
	return sum;
}

bool overflow_describe_unread(const struct pins *p, char text[OVERFLOW_UNREAD_LEN])
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
	snprintf(text, OVERFLOW_UNREAD_LEN,
		 "%llu records and %llu repetitions not yet read by bpflock-log drain",
		 (unsigned long long)numbered, (unsigned long long)waiting);
	return numbered || waiting;
}
