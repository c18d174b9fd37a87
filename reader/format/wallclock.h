/* SPDX-License-Identifier: GPL-2.0-only */
/* Records carry CLOCK_BOOTTIME; people want to know when that was. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "out.h"

struct wallclock {
	int64_t offset; /* of CLOCK_REALTIME to CLOCK_BOOTTIME, ns */
	uint64_t read;	/* when it was found out, CLOCK_BOOTTIME */
	uint64_t now;	/* when it was refreshed last, which is cheaper than to ask */
	bool utc;
	/* the last second that was asked for, and its texts */
	int64_t second;
	size_t date_len;
	size_t zone_len;
	char date[OUT_CHUNK]; /* 2022-02-11T11:23:58 */
	char zone[OUT_CHUNK]; /* Z or +01:00 */
};

void wallclock_init(struct wallclock *w, bool utc);

/* Takes note of a clock that was set, every ten seconds at most. */
void wallclock_refresh(struct wallclock *w);

/* RFC 3339, with as many digits below the second (0 to 9). */
void wallclock_rfc3339(struct wallclock *w, struct out *o, uint64_t boottime, unsigned int digits);

/* HH:MM:SS */
void wallclock_time_of_day(struct wallclock *w, struct out *o, uint64_t boottime);
