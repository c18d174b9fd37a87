// SPDX-License-Identifier: GPL-2.0-only
/* Groups and their members are in several files: images have theirs below /usr. */
#include <unistd.h>

#include "test.h"
#include "group.h"

TEST_IN_DIRECTORY(images_have_theirs_below_usr)
{
	gid_t gid = 0;

	assert_false(group_find(test_directory, "bpflock", &gid));
	test_shell("mkdir -p etc usr/lib var/lib/extrausers");
	assert_false(group_find(test_directory, "bpflock", &gid));
	test_file("var/lib/extrausers/group", "bpflock:x:993:\n");
	assert_true(group_find(test_directory, "bpflock", &gid));
	assert_int_equal(gid, 993);
	test_file("usr/lib/group", "root:x:0:\nbpflocks:x:1:\nbpflock:x:992:alice\n");
	assert_true(group_find(test_directory, "bpflock", &gid));
	assert_int_equal(gid, 992);
	/* of another group only: the next file has a say */
	test_file("etc/group", "root:x:0:\n");
	assert_true(group_find(test_directory, "bpflock", &gid));
	assert_int_equal(gid, 992);
	test_file("etc/group", "root:x:0:\nbpflock:x:991:\n");
	assert_true(group_find(test_directory, "bpflock", &gid));
	assert_int_equal(gid, 991);
}

TEST(the_effective_group_is_mine)
{
	assert_true(group_is_mine(getegid()));
	assert_false(group_is_mine(4000000000U));
}
