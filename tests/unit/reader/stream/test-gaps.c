// SPDX-License-Identifier: GPL-2.0-only
/* The account of the numbers. */
#include "test.h"
#include "gaps.h"

/* A script for the tracker, a row per step. */
enum step { ARRIVE, REPEAT, EXPECT, SETTLE };

struct row {
	enum step step;
	uint64_t seq;	   /* or, to SETTLE, the position passed */
	uint64_t position; /* or, to SETTLE, the count that is lost by it */
};

static void run_gaps(struct gaps *g, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct loss loss = {};

		switch (rows[i].step) {
		case ARRIVE:
		case REPEAT:
			assert_int_equal(gaps_arrived(g, rows[i].seq, rows[i].position),
					 rows[i].step == ARRIVE);
			break;
		case EXPECT:
			gaps_expect(g, rows[i].seq, rows[i].position);
			break;
		case SETTLE:
			assert_int_equal(gaps_settle(g, rows[i].seq, &loss), rows[i].position > 0);
			assert_int_equal(loss.count, rows[i].position);
			break;
		}
	}
}

#define GAPS(name, start, lost_at_end, ...)                       \
	{                                                         \
		static const struct row rows[] = { __VA_ARGS__ }; \
		print_message("%s\n", name);                      \
		gaps_init(&g, start);                             \
		run_gaps(&g, rows, ARRAY_SIZE(rows));             \
		assert_int_equal(g.lost, lost_at_end);            \
		assert_true(gaps_settled(&g));                    \
	}

TEST(test_gaps)
{
	static struct gaps g;

	GAPS("in order", 0, 0, { ARRIVE, 1, 10 }, { ARRIVE, 2, 20 }, { SETTLE, 1000, 0 });
	GAPS("exchanged", 0, 0, { ARRIVE, 2, 30 }, { SETTLE, 20, 0 }, { ARRIVE, 1, 30 },
	     { SETTLE, 30, 0 });
	GAPS("reversed", 0, 0, { ARRIVE, 5, 99 }, { ARRIVE, 4, 99 }, { ARRIVE, 2, 99 },
	     { ARRIVE, 3, 99 }, { ARRIVE, 1, 99 });
	GAPS("one in the middle", 0, 1, { ARRIVE, 1, 0 }, { ARRIVE, 3, 50 }, { SETTLE, 49, 0 },
	     { SETTLE, 50, 1 }, { ARRIVE, 4, 60 });
	GAPS("split, half lost", 0, 4, { ARRIVE, 7, 50 }, { ARRIVE, 3, 50 }, { ARRIVE, 5, 50 },
	     { SETTLE, 50, 4 });
	GAPS("an older gap is certain earlier", 0, 3, { ARRIVE, 2, 50 }, { ARRIVE, 5, 80 },
	     { SETTLE, 60, 1 }, { ARRIVE, 6, 80 }, { SETTLE, 80, 2 });
	GAPS("at the tail", 0, 5, { ARRIVE, 1, 0 }, { EXPECT, 6, 40 }, { EXPECT, 6, 50 },
	     { SETTLE, 40, 5 });
	GAPS("expected and arrived", 0, 1, { EXPECT, 3, 40 }, { ARRIVE, 2, 40 }, { ARRIVE, 4, 50 },
	     { ARRIVE, 3, 50 }, { SETTLE, 40, 1 });
	GAPS("restarted", 100, 10, { REPEAT, 99, 0 }, { REPEAT, 100, 0 }, { ARRIVE, 111, 70 },
	     { SETTLE, 70, 10 }, { REPEAT, 105, 70 });
	GAPS("twice", 0, 0, { ARRIVE, 1, 0 }, { REPEAT, 1, 0 });
}

/* More gaps than there is room for: 1 and every even number are lost, or come late. */
TEST(test_many_gaps)
{
	static struct gaps g;
	struct loss loss;
	const uint64_t n = 3 * GAPS_MAX;

	gaps_init(&g, 0);
	for (uint64_t i = 1; i <= n; i++)
		assert_true(gaps_arrived(&g, 2 * i + 1, i));
	assert_int_equal(gaps_accounted(&g), n);
	assert_int_equal(gaps_horizon(&g), n);
	for (uint64_t i = 1; i <= n; i += 2)
		assert_true(gaps_arrived(&g, 2 * i, n));
	assert_true(gaps_settle(&g, n, &loss));
	assert_int_equal(loss.count, n / 2 + 1);
	assert_int_equal(loss.first, 1);
	assert_int_equal(g.highest, 2 * n + 1);
	assert_true(gaps_settled(&g));
}

/* No room to split: still exact. */
TEST(test_split_without_room)
{
	static struct gaps g;
	struct loss loss;

	gaps_init(&g, 0);
	for (uint64_t i = 1; i <= GAPS_MAX; i++)
		gaps_arrived(&g, 10 * i, 1);
	assert_int_equal(g.n, GAPS_MAX);
	assert_true(gaps_arrived(&g, 15, 1));
	assert_true(gaps_arrived(&g, 17, 1));
	assert_true(gaps_arrived(&g, 11, 1));
	assert_true(gaps_settle(&g, 1, &loss));
	assert_int_equal(loss.count, 9 * GAPS_MAX - 3);
}
