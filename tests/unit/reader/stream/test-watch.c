// SPDX-License-Identifier: GPL-2.0-only
/* A reader is woken by each event that it is to be woken by, and by none that it has seen. */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "test.h"
#include "watch.h"

static bool is_woken(const struct watch *w)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

TEST_IN_DIRECTORY(what_happens_to_a_set_wakes)
{
	static const struct {
		const char *command;
		bool wakes;
	} rows[] = {
		{ ":", false },
		{ "mkdir staging staging/maps staging/maps/ring", false },
		{ "rmdir set/maps/ring",
		  false }, /* one of its pins: the rest follows, or it stays */
		{ "rmdir set/maps", true },
		{ "mv set old", true },
		{ "mv staging set", false }, /* that one was not there before */
		{ "rmdir old", true },
	};
	CLEANUP(watch_close) struct watch w = WATCH_INIT;
	char set[sizeof(test_directory) + sizeof("/set")];

	test_shell("mkdir set set/maps set/maps/ring");
	snprintf(set, sizeof(set), "%s/set", test_directory);
	assert_int_equal(watch_open(set, -1, false, &w), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		watch_clear(&w);
		assert_false(is_woken(&w));
		test_shell("%s", rows[i].command);
		if (is_woken(&w) != rows[i].wakes)
			fail_msg("%s", rows[i].command);
	}
}

/* A reader that takes nothing out of the ring never sees it empty, and sleeps until the next
 * wake-up all the same. */
TEST_IN_DIRECTORY(each_wake_up_is_one_event)
{
	CLEANUP(watch_close) struct watch each = WATCH_INIT, level = WATCH_INIT;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(watch_open(test_directory, fds[0], true, &each), 0);
	assert_int_equal(watch_open(test_directory, fds[0], false, &level), 0);
	assert_false(is_woken(&each));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(write(fds[1], "", 1), 1);
		assert_true(is_woken(&each));
		assert_true(is_woken(&level));
		watch_clear(&each);
		watch_clear(&level);
		assert_false(is_woken(&each));
		assert_true(is_woken(&level));
	}
	close(fds[0]);
	close(fds[1]);
}

/* It wakes those who look, and not the one who tells. */
TEST_IN_DIRECTORY(others_are_told)
{
	CLEANUP(watch_close) struct watch look = WATCH_INIT, own = WATCH_INIT;
	char set[sizeof(test_directory) + sizeof("/set/maps")];
	int maps_fd;

	test_shell("mkdir set set/maps");
	snprintf(set, sizeof(set), "%s/set/maps", test_directory);
	maps_fd = open(set, O_RDONLY | O_DIRECTORY);
	assert_true(maps_fd >= 0);
	snprintf(set, sizeof(set), "%s/set", test_directory);
	assert_int_equal(watch_open(set, -1, true, &look), 0);
	assert_int_equal(watch_open(set, -1, false, &own), 0);
	for (int i = 0; i < 3; i++) {
		watch_clear(&look);
		assert_false(is_woken(&look));
		watch_tell(maps_fd);
		assert_true(is_woken(&look));
		assert_false(is_woken(&own));
	}
	close(maps_fd);
}

TEST_IN_DIRECTORY(it_is_known_what_cannot_be_watched)
{
	CLEANUP(watch_close) struct watch w = WATCH_INIT;

	assert_int_equal(watch_open(test_directory, -1, true, &w), 0);
	assert_int_equal(watch_is_complete(&w), w.mounts_fd >= 0);
	watch_close(&w);
	assert_int_equal(watch_open("/nowhere/set", -1, true, &w), 0);
	assert_false(watch_is_complete(&w));
	watch_close(&w);
	assert_int_equal(watch_open(test_directory, 1000000, true, &w), -EBADF);
	assert_int_equal(w.fd, -1);
}
