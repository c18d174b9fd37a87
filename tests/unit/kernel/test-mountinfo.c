// SPDX-License-Identifier: GPL-2.0-only
/* Paths inside file systems become those of the mounts there are. */
#include <sys/sysmacros.h>

#include "test.h"
#include "mountinfo.h"

#define LINE(dev, root, point, type) "36 35 " dev " " root " " point " rw,noatime master:1 - " type " /dev/x rw,errors=continue\n"

static const char text[] =
	"garbage\n"
	LINE("0:5", "/", "/", "ext4")
	LINE("8:2", "/", "/usr", "ext4")
	LINE("8:2", "/share", "/srv/share", "ext4")
	LINE("0:30", "/@", "/mnt", "btrfs")
	LINE("0:30", "/@/home", "/home", "btrfs")
	LINE("0:40", "/", "/var/lib/docker/merged", "overlay")
	LINE("8:3", "/a\\040b", "/with\\040blank", "xfs")
	LINE("8:4", "/", "/opt", "ext4");

struct row {
	unsigned int major, minor;
	const char *path;
	const char *place; /* NULL: none */
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char place[PATH_MAX] = "untouched";
		bool found = mountinfo_place(text, makedev(rows[i].major, rows[i].minor), rows[i].path, place,
					     sizeof(place));

		if (found != (rows[i].place != NULL))
			fail_msg("%s: %d", rows[i].path, found);
		assert_string_equal(place, rows[i].place ?: "untouched");
	}
}

TEST_ROWS(paths, check, struct row,
	{ 0, 5, "/bin/x", "/bin/x" },
	{ 8, 2, "/bin/x", "/usr/bin/x" },
	{ 8, 2, "/share/x", "/usr/share/x" }, /* the whole file system comes first */
	{ 8, 4, "/", "/opt/" },
	{ 0, 30, "/@/bin/x", "/mnt/bin/x" },
	{ 0, 30, "/@/home/me/x", "/home/me/x" }, /* the deepest directory */
	{ 0, 30, "/@/homes/x", "/mnt/homes/x" },
	{ 0, 30, "/@other/x", NULL },
	{ 0, 30, "/@", "/mnt" },
	{ 0, 40, "/usr/bin/x", NULL }, /* an overlay */
	{ 8, 3, "/a b/x", "/with blank/x" },
	{ 8, 3, "/a/x", NULL },
	{ 8, 5, "/x", NULL })

TEST(lines)
{
	static const char *const wrong[] = {
		"", "\n", "36 35 8:2", "36 35 8:2 ", "36 35 8:2 / ", "36 35 8:2 / /usr", "36 35 8:2 / /usr rw - ",
		"36 35 82 / /usr rw - ext4 x", "a b 8:2 / /usr rw - ext4 x", "36 35 8:2 root /usr rw - ext4 x",
		"36 35 8:2 / usr rw - ext4 x", "36 35 8:2 / /usr rw - ext4", "36 35 8:2 / /usr rw\n36 35 8:2 / / rw - ext4 x",
		"36 35 8:2 / /usr\n36 35 8:2 / / rw - ext4 x",
	};
	struct mountinfo m;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (mountinfo_parse(wrong[i], &m))
			fail_msg("%s", wrong[i]);
	assert_true(mountinfo_parse("36 35 259:3 /r /p\\011\\134x rw - ext4 x y", &m));
	assert_true(m.dev == makedev(259, 3));
	assert_string_equal(m.root, "/r");
	assert_string_equal(m.point, "/p\t\\x");
	assert_string_equal(m.type, "ext4");
}

/* A short buffer cuts the path. */
TEST(short_buffer)
{
	char place[8];

	assert_true(mountinfo_place(text, makedev(8, 2), "/bin/x", place, sizeof(place)));
	assert_string_equal(place, "/usr/bi");
}

TEST(own_mounts)
{
	struct mounts m = {};
	char place[64];

	assert_false(mountinfo_find(&m, 0, makedev(4095, 77), "/x", place, sizeof(place)));
	assert_non_null(m.text);
	mountinfo_done(&m);
	assert_null(m.text);
}
