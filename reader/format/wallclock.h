/* SPDX-License-Identifier: GPL-2.0-only */
/* Records carry CLOCK_BOOTTIME; people want to know when that was. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "out.h"

struct wallclock {
	int64_t offset; /* of CLOCK_REALTIME to CLOCK_BOOTTIME, ns */
	int64_t pinned; /* what it was when the set was loaded; 0: not known */
	uint64_t read;	/* when it was found out, CLOCK_BOOTTIME */
	uint64_t now;	/* when it was refreshed last, which is cheaper than to ask */
	bool utc;
	/* the last second that was asked for, and its texts */
	int64_t second;
	size_t date_len;
	size_t zone_len;
	char date[OUT_CHUNK]; /* 2022-02-11T11:23:58 */
	char day[OUT_CHUNK];  /* its first half, as wallclock_day() printed it */
	char zone[OUT_CHUNK]; /* Z or +01:00 */
};

void wallclock_init(struct wallclock *w, bool utc);

/*
 * The offset of both clocks as it was at load, so that a record has the same time in every call. If
 * the clock was set since then, as at a boot without a clock of its own, times follow it by whole
 * seconds.
 */
void wallclock_pin(struct wallclock *w, int64_t offset);

/* Takes note of a clock that was set, every ten seconds at most. */
void wallclock_refresh(struct wallclock *w);

/* RFC 3339, of the second or with its microseconds. */
void wallclock_rfc3339(struct wallclock *w, struct out *o, uint64_t boottime, bool with_us);

/* YYYY-MM-DD on a line of its own, if it is another one than the last time. */
void wallclock_day(struct wallclock *w, struct out *o, uint64_t boottime);

/* Writes the time of day as HH:MM:SS. */
void wallclock_time_of_day(struct wallclock *w, struct out *o, uint64_t boottime);
