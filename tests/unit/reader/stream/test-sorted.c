// SPDX-License-Identifier: GPL-2.0-only
/* Events come out by time, whole, and those of one time as they came. */
#include "test.h"
#include "sorted.h"

static void add(struct sorted *s, uint64_t seq, uint64_t time, const char *name)
{
	char bytes[sizeof(struct bpflock_exec_record) + 64] = {};
	struct bpflock_exec_record r = {
		.head = { .size = sizeof(r) + strlen(name) + 1,
			  .abi = BPFLOCK_ABI,
			  .event = BPFLOCK_EVENT_EXECVE,
			  .seq = seq,
			  .time = time,
			  .count = 1 },
		.filename_len = strlen(name),
	};
	struct event e;

	memcpy(bytes, &r, sizeof(r));
	strcpy(bytes + sizeof(r), name);
	assert_int_equal(decode_record(bytes, r.head.size, &e), DECODE_OK);
	sorted_add(s, &e);
	memset(bytes, 0xaa, sizeof(bytes)); /* it has a copy */
}

TEST(test_order)
{
	const struct event lost = {
		.kind = EVENT_LOST, .head.time = 20, .count = 7, .first = 3, .last = 9
	};
	static const uint64_t expected[] = { 4, 1, 0, 2, 3 };
	CLEANUP(sorted_done) struct sorted s = {};

	add(&s, 1, 20, "/bin/first");
	sorted_add(&s, &lost);
	add(&s, 2, 20, "/bin/second");
	add(&s, 3, 30, "/bin/third");
	add(&s, 4, 10, "/bin/late");
	sorted_sort(&s);
	assert_int_equal(s.n, 5);
	for (size_t i = 0; i < s.n; i++) {
		struct event e = sorted_at(&s, i);

		assert_int_equal(e.head.seq, expected[i]);
		if (e.kind == EVENT_LOST)
			assert_int_equal(e.count, 7);
		else
			assert_int_equal(e.filename_len, strlen(e.filename));
	}
	assert_string_equal(sorted_at(&s, 0).filename, "/bin/late");
	assert_int_equal(s.error, 0);
}

/* More than it has room for at first. */
TEST(test_many)
{
	CLEANUP(sorted_done) struct sorted s = {};

	sorted_sort(&s);
	for (uint64_t i = 1; i <= 10000; i++)
		add(&s, i, 20000 - i, "/bin/true");
	sorted_sort(&s);
	assert_int_equal(s.n, 10000);
	for (size_t i = 0; i < s.n; i++)
		assert_int_equal(sorted_at(&s, i).head.seq, 10000 - i);
}
