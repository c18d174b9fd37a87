// SPDX-License-Identifier: GPL-2.0-only
/* The process that drains the log is the one that holds the lock on the maps, and is named for
 * people. */
#include <fcntl.h>
#include <sys/file.h>

#include "test.h"
#include "drainer.h"

TEST_IN_DIRECTORY(it_is_who_holds_the_lock)
{
	char maps[128];
	struct drainer d;
	int fd;

	assert_false(drainer_find(test_directory, &d));
	test_shell("mkdir -p bpflock/maps");
	assert_false(drainer_find(test_directory, &d));
	snprintf(maps, sizeof(maps), "%s/bpflock/maps", test_directory);
	fd = open(maps, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_true(drainer_find(test_directory, &d));
	assert_int_equal(d.pid, getpid());
	close(fd);
	assert_false(drainer_find(test_directory, &d));
}

TEST(ids_are_shortened_and_names_are_not)
{
	static const struct {
		const char *id, *text;
		bool has_id;
	} rows[] = {
		{ "", "process 12" },
		{ "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		  "process 12 (container 0123456789ab)", true },
		/* a name may look like a short one */
		{ "0123456789ab", "process 12 (container 0123456789ab)" },
		{ "a-machine-of-nspawn", "process 12 (container a-machine-of-nspawn)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct drainer d = { .pid = 12 };
		char text[DRAINER_TEXT_LEN];

		snprintf(d.container.id, sizeof(d.container.id), "%s", rows[i].id);
		drainer_describe(&d, text);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(drainer_has_id(&d), rows[i].has_id);
	}
}
