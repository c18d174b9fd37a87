// SPDX-License-Identifier: GPL-2.0-only
/* A record has one time in every call, unless the clock was set. */
#include "test.h"
#include "clock.h"
#include "wallclock.h"

TEST(test_pin)
{
	static const struct {
		int64_t ahead; /* the pinned offset, of what it is now, in ms */
		int64_t told;  /* the one that is used, the same */
	} rows[] = { { 0, 0 },	      { 100, 100 },	{ -100, -100 },
		     { 300, 300 },    { -300, -300 },	{ 1100, 100 },
		     { -1100, -100 }, { 5000300, 300 }, { -1700000000300, -300 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t now = clock_realtime_of(0), told;
		struct wallclock w;

		wallclock_init(&w, true);
		wallclock_pin(&w, now + rows[i].ahead * NS_PER_MS);
		told = now + rows[i].told * NS_PER_MS;
		assert_int_equal(w.offset, told);
	}
}

TEST(test_not_pinned)
{
	int64_t now = clock_realtime_of(0);
	struct wallclock w;

	wallclock_init(&w, true);
	wallclock_pin(&w, 0);
	assert_in_range(w.offset - now + NS_PER_S, 0, 2 * NS_PER_S);
}
