// SPDX-License-Identifier: GPL-2.0-only
#include "wallclock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"

#define NS	NS_PER_S
#define DAY_LEN (sizeof("2022-02-11") - 1)

void wallclock_init(struct wallclock *w, bool utc)
{
	*w = (struct wallclock){ .utc = utc, .second = INT64_MIN };
	wallclock_refresh(w);
}

void wallclock_refresh(struct wallclock *w)
{
	w->now = clock_boottime();
	if (w->read && w->now - w->read < 10 * NS)
		return;
	w->offset = clock_offset(w->pinned);
	w->read = w->now;
}

void wallclock_pin(struct wallclock *w, int64_t offset)
{
	w->pinned = offset;
	w->read = 0;
	w->second = INT64_MIN;
	wallclock_refresh(w);
}

/* Returns the nanoseconds below the second. */
static uint32_t look_up(struct wallclock *w, uint64_t boottime)
{
	int64_t wall = (int64_t)(boottime + (uint64_t)w->offset);
	int64_t second = wall / NS - (wall % NS < 0);
	time_t t = second;
	struct tm tm = {};
	long east;

	if (second == w->second)
		return wall - second * NS;
	w->second = second;
	if (w->utc)
		gmtime_r(&t, &tm);
	else
		localtime_r(&t, &tm);
	w->date_len = strftime(w->date, sizeof(w->date), "%Y-%m-%dT%H:%M:%S", &tm);
	east = tm.tm_gmtoff / 60;
	if (east == 0)
		w->zone_len = snprintf(w->zone, sizeof(w->zone), "Z");
	else
		w->zone_len = snprintf(w->zone, sizeof(w->zone), "%c%02u:%02u",
				       east < 0 ? '-' : '+', (unsigned int)(labs(east) / 60 % 24),
				       (unsigned int)(labs(east) % 60));
	return wall - second * NS;
}

void wallclock_rfc3339(struct wallclock *w, struct out *o, uint64_t boottime, bool with_us)
{
	uint32_t ns = look_up(w, boottime);

	out_chunk(o, w->date, w->date_len);
	if (with_us) {
		out_char(o, '.');
		out_digits(o, ns / 1000, 6);
	}
	out_chunk(o, w->zone, w->zone_len);
}

void wallclock_day(struct wallclock *w, struct out *o, uint64_t boottime)
{
	look_up(w, boottime);
	if (memcmp(w->day, w->date, DAY_LEN) == 0)
		return;
	memcpy(w->day, w->date, DAY_LEN);
	out_bytes(o, w->day, DAY_LEN);
	out_char(o, '\n');
}

void wallclock_time_of_day(struct wallclock *w, struct out *o, uint64_t boottime)
{
	look_up(w, boottime);
	out_text(o, w->date + DAY_LEN + 1);
}
