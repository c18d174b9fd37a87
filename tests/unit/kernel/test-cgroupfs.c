// SPDX-License-Identifier: GPL-2.0-only
/* Texts of the kernel speak of cgroups. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "policy.h"
#include "text.h"

/* From an allocation of just that size, so that the sanitizer sees a look beyond. */
static bool mount_point(const char *line, char ret_path[PATH_MAX])
{
	CLEANUP(free_charp) char *copy = strdup(line);

	assert_non_null(copy);
	return cgroupfs_mount_point(copy, ret_path);
}

TEST(a_mount_of_cgroup_v2_is_found_in_mountinfo)
{
	static const struct {
		const char *line, *expected;
	} rows[] = {
		/* the unified layout */
		{ "35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 "
		  "rw,nsdelegate,memory_recursiveprot",
		  "/sys/fs/cgroup" },
		/* the hybrid one: v2 below a tmpfs with v1 trees */
		{ "36 35 0:31 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate",
		  "/sys/fs/cgroup/unified" },
		/* without and with many tags */
		{ "35 24 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "/sys/fs/cgroup" },
		{ "35 24 0:30 / /sys/fs/cgroup rw shared:1 master:2 propagate_from:3 unbindable - cgroup2 x rw",
		  "/sys/fs/cgroup" },
		/* of a cgroup namespace, or a part bound elsewhere */
		{ "35 24 0:30 /../.. /sys/fs/cgroup ro - cgroup2 cgroup rw", "/sys/fs/cgroup" },
		{ "35 24 0:30 /user.slice /mnt rw - cgroup2 cgroup rw", "/mnt" },
		{ "35 24 0:30 / / rw - cgroup2 none rw", "/" },
		/* what may not stand in a word is written in octal */
		{ "1 2 0:3 / /a\\040b rw - cgroup2 x rw", "/a b" },
		{ "1 2 0:3 / /a\\011b\\012c\\134d\\043 rw - cgroup2 x rw", "/a\tb\nc\\d#" },
		{ "1 2 0:3 / /a\\040-\\040cgroup2\\040b rw - cgroup2 x rw", "/a - cgroup2 b" },
		{ "1 2 0:3 / /\\134040 rw - cgroup2 x rw", "/\\040" },
		{ "1 2 0:3 / /\\303\\244 rw - cgroup2 x rw", "/\xc3\xa4" },
		{ "1 2 0:3 /\\040- /x rw - cgroup2 x rw", "/x" },
		{ "1 2 0:3 / /gr\xc3\xbc\xc3\x9f rw - cgroup2 x rw", "/gr\xc3\xbc\xc3\x9f" },
		/* the source may say anything */
		{ "1 2 0:3 / /x rw - cgroup2 a\\040-\\040b rw", "/x" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[PATH_MAX] = "untouched";

		if (!mount_point(rows[i].line, path))
			fail_msg("%s: no mount of cgroup v2", rows[i].line);
		assert_string_equal(path, rows[i].expected);
	}
}

TEST(other_mounts_and_damaged_lines_are_not_it)
{
	static const char *const lines[] = {
		"", " ", "\n", "rubbish",
		/* v1, alone and as part of the hybrid layout */
		"35 24 0:30 / /sys/fs/cgroup rw - tmpfs tmpfs ro,mode=755",
		"37 35 0:32 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
		"38 35 0:33 / /sys/fs/cgroup/cpu,cpuacct rw shared:5 - cgroup cgroup rw,cpu,cpuacct",
		/* something that only looks like it */
		"1 2 0:3 / /cgroup2 rw - tmpfs cgroup2 rw",
		"1 2 0:3 / /x rw - cgroup22 x rw", "1 2 0:3 / /x rw - cgroup2fs x rw",
		"1 2 0:3 / /x rw - xcgroup2 x rw", "1 2 0:3 / /x rw - CGROUP2 x rw",
		"1 2 0:3 / /x rw - ext4 cgroup2 cgroup2",
		"1 2 0:3 / /x\\040-\\040cgroup2\\040 rw - ext4 /dev/x rw",
		/* cut off */
		"1 2 0:3 / /x rw", "1 2 0:3 / /x rw -", "1 2 0:3 / /x rw - ",
		"1 2 0:3 / /x rw - cgroup2", "1 2 0:3 / - cgroup2 x rw", "1 2 0:3 - cgroup2 x rw",
		"1 - cgroup2 x rw", " - cgroup2 x rw", "- cgroup2 x rw",
		"1 2 0:3 /  - cgroup2 x rw",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char path[PATH_MAX] = "untouched";

		if (mount_point(lines[i], path))
			fail_msg("%s: taken as mounted at \"%s\"", lines[i], path);
		assert_string_equal(path, "untouched");
	}
}

/* The kernel writes every backslash as \134; any other text stays as it is. */
TEST(damaged_escapes_are_no_escapes)
{
	static const struct {
		const char *word, *expected;
	} rows[] = {
		{ "/a\\", "/a\\" },	  { "/a\\0", "/a\\0" },
		{ "/a\\04", "/a\\04" },	  { "/a\\04x", "/a\\04x" },
		{ "/a\\x41", "/a\\x41" }, { "/a\\888", "/a\\888" },
		{ "/a\\ ", "/a\\" },	  { "/a\\!!!", "/a\\!!!" },
		{ "/a\\\\040", "/a\\ " }, { "/\\\xff\xff\xff", "/\\\xff\xff\xff" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[128], path[PATH_MAX] = "untouched";

		snprintf(line, sizeof(line), "1 2 0:3 / %s rw - cgroup2 x rw", rows[i].word);
		assert_true(mount_point(line, path));
		if (strcmp(path, rows[i].expected) != 0)
			fail_msg("%s: %s, not %s", rows[i].word, path, rows[i].expected);
	}
}

TEST(a_mount_point_is_as_long_as_a_path_can_be)
{
	static const struct {
		size_t len;
		bool good;
	} rows[] = { { PATH_MAX - 1, true }, { PATH_MAX, false }, { 3 * PATH_MAX, false } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *word = malloc(rows[i].len + 1), *line = NULL, path[PATH_MAX];

		memset(word, 'x', rows[i].len);
		word[0] = '/';
		word[rows[i].len] = '\0';
		assert_true(asprintf(&line, "1 2 0:3 / %s rw - cgroup2 x rw", word) > 0);
		assert_int_equal(mount_point(line, path), rows[i].good);
		if (rows[i].good)
			assert_string_equal(path, word);
		free(line);
		free(word);
	}
}

TEST(the_path_of_a_task_is_in_the_line_of_hierarchy_0)
{
	static const struct {
		const char *text, *expected; /* NULL: it does not say */
	} rows[] = {
		{ "0::/\n", "/" },
		{ "0::/user.slice/user-1000.slice\n", "/user.slice/user-1000.slice" },
		{ "0::/a", "/a" }, { "0::/a b\\x2d:c\n", "/a b\\x2d:c" },
		{ "0::/a (deleted)\n", "/a (deleted)" }, { "0::/../x\n", "/../x" },
		/* hybrid */
		{ "12:cpu,cpuacct:/x\n1:name=systemd:/y\n0::/z\n", "/z" },
		{ "0::/z\n12:cpu:/x\n", "/z" }, { "10::/x\n0::/z\n", "/z" },
		{ "1:0::/x\n0::/z\n", "/z" },
		/* v1 alone, or nothing */
		{ "12:cpu,cpuacct:/x\n1:name=systemd:/y\n", NULL },
		{ "", NULL }, { "\n", NULL }, { "\n\n0::/z\n", "/z" }, { "0::\n", NULL },
		{ "0::x\n", NULL }, { "0:\n/x\n", NULL }, { "0", NULL }, { " 0::/x\n", NULL },
		{ "00::/x\n", NULL }, { "0:cpu:/x\n", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *copy = strdup(rows[i].text);
		CLEANUP(free_charp) char *path = cgroupfs_path_in(copy);

		if ((path == NULL) != (rows[i].expected == NULL))
			fail_msg("%s: %s", rows[i].text, path ? path : "no path");
		if (path)
			assert_string_equal(path, rows[i].expected);
	}
}

TEST(a_task_that_only_v1_has_is_told_apart)
{
	static const struct {
		const char *text;
		bool v1;
	} rows[] = {
		/* systemd: legacy, with v2 mounted since, hybrid, unified */
		{ "12:cpu,cpuacct:/\n1:name=systemd:/init.scope\n", true },
		{ "12:cpu,cpuacct:/\n1:name=systemd:/init.scope\n0::/\n", true },
		{ "1:name=systemd:/init.scope\n0::/init.scope\n", false },
		{ "0::/init.scope\n", false },
		/* where nobody makes cgroups, or not yet */
		{ "0::/\n", false },
		{ "2:cpu:/\n1:name=systemd:/\n0::/\n", false },
		{ "0::/\n2:cpu:/x", true }, { "2:cpu:/x\n0::/y", false }, { "", false },
		{ "\n", false }, { "rubbish", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (cgroupfs_text_is_v1(rows[i].text) != rows[i].v1)
			fail_msg("%s: not %d", rows[i].text, rows[i].v1);
}

/* Directories have an inode number wherever they are. */
struct seen {
	size_t n, limit;
	char paths[32][64];
	uint64_t ids[32];
};

static bool see(void *arg, uint64_t id, const char *path)
{
	struct seen *s = arg;

	snprintf(s->paths[s->n], sizeof(s->paths[0]), "%s", path);
	s->ids[s->n++] = id;
	return s->n < s->limit;
}

TEST_IN_DIRECTORY(a_walk_comes_by_every_directory_until_it_is_stopped)
{
	CLEANUP(close_fdp) int root = open(test_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct seen all = { .limit = 32 }, some = { .limit = 3 }, one = { .limit = 1 };

	test_shell("mkdir a a/b 'a/b/c (deleted)' d 'd e' && touch a/file && ln -s .. a/link");
	assert_int_equal(cgroupfs_walk(root, see, &all), 0);
	assert_int_equal(all.n, 1 + 5);
	assert_string_equal(all.paths[0], "/");
	for (size_t i = 0; i < all.n; i++) {
		uint64_t id;

		assert_int_equal(cgroupfs_id(root, all.paths[i], &id), 0);
		assert_int_equal(id, all.ids[i]);
	}
	assert_int_equal(cgroupfs_walk(root, see, &some), 0);
	assert_int_equal(some.n, 3);
	assert_int_equal(cgroupfs_walk(root, see, &one), 0);
	assert_int_equal(one.n, 1);
}

static bool ignore(void *arg, uint64_t id, const char *path)
{
	return true;
}

TEST_IN_DIRECTORY(what_is_too_deep_to_be_seen_is_no_absence)
{
	CLEANUP(close_fdp) int root = open(test_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char path[2 * 80 + 1] = "";

	for (size_t i = 0; i < 80; i++) {
		strcat(path, i ? "/x" : "x");
		assert_int_equal(mkdirat(root, path, 0700), 0);
	}
	assert_int_equal(cgroupfs_walk(root, ignore, NULL), -EAGAIN);
}
