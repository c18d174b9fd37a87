// SPDX-License-Identifier: GPL-2.0-only
/* Groups and their members are in several files: images have theirs below /usr. */
#include <limits.h>
#include <sys/stat.h>

#include "test.h"
#include "group.h"

static char root[64];

static void run(const char *format)
{
	char command[256];

	snprintf(command, sizeof(command), format, root, root, root);
	assert_int_equal(system(command), 0);
}

static int setup(void **state)
{
	snprintf(root, sizeof(root), "/tmp/bpflock-test-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int teardown(void **state)
{
	run("rm -r %s");
	return 0;
}

static void write_file(const char *dir, const char *text)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s%s/group", root, dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

TEST_WITH(images_have_theirs_below_usr, setup, teardown)
{
	gid_t gid = 0;

	assert_false(group_find(root, "bpflock", &gid));
	run("mkdir -p %s/etc %s/usr/lib %s/var/lib/extrausers");
	assert_false(group_find(root, "bpflock", &gid));
	write_file("/var/lib/extrausers", "bpflock:x:993:\n");
	assert_true(group_find(root, "bpflock", &gid));
	assert_int_equal(gid, 993);
	write_file("/usr/lib", "root:x:0:\nbpflocks:x:1:\nbpflock:x:992:alice\n");
	assert_true(group_find(root, "bpflock", &gid));
	assert_int_equal(gid, 992);
	/* of another group only: the next file has a say */
	write_file("/etc", "root:x:0:\n");
	assert_true(group_find(root, "bpflock", &gid));
	assert_int_equal(gid, 992);
	write_file("/etc", "root:x:0:\nbpflock:x:991:\n");
	assert_true(group_find(root, "bpflock", &gid));
	assert_int_equal(gid, 991);
}

TEST(the_effective_group_is_mine)
{
	assert_true(group_is_mine(getegid()));
	assert_false(group_is_mine(4000000000U));
}
