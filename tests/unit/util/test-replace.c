// SPDX-License-Identifier: GPL-2.0-only
/* A file is replaced as a whole or not at all, and nothing is left beside it. */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"
#include "replace.h"
#include "text.h"

static char directory[] = "/tmp/test-replace-XXXXXX";

static int enter(void **state)
{
	return mkdtemp(directory) && chdir(directory) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	return chdir("/") == 0 && rmdir(directory) == 0 ? 0 : -1;
}

TEST_GROUP(enter, leave)

/* Counts the names that there are. */
static size_t entries(void)
{
	struct dirent *e;
	DIR *d = opendir(".");
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void expect_text(const char *path, const char *expected)
{
	CLEANUP(free_charp) char *text = NULL;

	assert_int_equal(text_read_file(AT_FDCWD, path, 4096, &text, NULL), 0);
	assert_string_equal(text, expected);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode;
}

TEST(a_file_has_the_text_and_the_mode_whatever_the_umask)
{
	umask(0077);
	assert_int_equal(replace_file("a.prom", "one\n", 4, 0644), 0);
	expect_text("a.prom", "one\n");
	assert_int_equal(mode_of("a.prom"), S_IFREG | 0644);
	umask(0000);
	assert_int_equal(replace_file("a.prom", "", 0, 0600), 0);
	expect_text("a.prom", "");
	assert_int_equal(mode_of("a.prom"), S_IFREG | 0600);
	assert_int_equal(entries(), 1);
	unlink("a.prom");
}

TEST(a_file_for_good_keeps_mode_and_group)
{
	struct stat st;

	umask(0077);
	assert_int_equal(replace_file_for_good("a", "one\n", 4, 0640, -1), 0);
	assert_int_equal(mode_of("a"), S_IFREG | 0640);
	assert_int_equal(replace_file_for_good("a", "two\n", 4, 02640, getegid()), 0);
	expect_text("a", "two\n");
	assert_int_equal(mode_of("a"), S_IFREG | 02640);
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_gid, getegid());
	assert_int_equal(replace_file_for_good("missing/a", "x", 1, 0644, -1), -ENOENT);
	assert_int_equal(entries(), 1);
	unlink("a");
}

TEST(who_reads_the_old_one_goes_on_reading_it)
{
	CLEANUP(close_fdp) int fd = -1;
	char old[8] = {};

	assert_int_equal(replace_file("a", "old", 3, 0644), 0);
	fd = open("a", O_RDONLY | O_CLOEXEC);
	assert_int_equal(replace_file("./a", "newer", 5, 0644), 0);
	assert_int_equal(read(fd, old, sizeof(old)), 3);
	assert_string_equal(old, "old");
	expect_text("a", "newer");
	unlink("a");
}

TEST(a_link_is_replaced_and_not_followed)
{
	assert_int_equal(replace_file("other", "other", 5, 0644), 0);
	assert_int_equal(symlink("other", "link"), 0);
	assert_int_equal(replace_file("link", "mine", 4, 0644), 0);
	expect_text("other", "other");
	assert_true(S_ISREG(mode_of("link")));
	unlink("other");
	unlink("link");
}

TEST(devices_pipes_and_names_in_dev_stay)
{
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(replace_file("pipe", "x", 1, 0644), -ENOTSUP);
	assert_true(S_ISFIFO(mode_of("pipe")));
	assert_int_equal(entries(), 1);
	unlink("pipe");
	/* a test may be root: a name that would not be missed */
	assert_int_equal(replace_file("/dev/no-such-name", "x", 1, 0644), -ENOTSUP);
	assert_int_equal(access("/dev/no-such-name", F_OK), -1);
	assert_string_not_equal(replace_error(-ENOTSUP), strerror(ENOTSUP));
	assert_string_equal(replace_error(-ENOSPC), strerror(ENOSPC));
}

TEST(what_cannot_be_replaced_leaves_nothing_behind)
{
	char name[NAME_MAX + 1];

	assert_int_equal(replace_file("missing/a", "x", 1, 0644), -ENOENT);
	assert_int_equal(replace_file("", "x", 1, 0644), -EISDIR);
	assert_int_equal(replace_file("missing/", "x", 1, 0644), -EISDIR);
	memset(name, 'a', NAME_MAX);
	name[NAME_MAX] = '\0';
	assert_int_equal(replace_file(name, "x", 1, 0644), -ENAMETOOLONG);
	assert_int_equal(entries(), 0);
	assert_int_equal(mkdir("d", 0700), 0);
	assert_int_equal(replace_file("d", "x", 1, 0644), -EISDIR);
	assert_int_equal(entries(), 1);
	rmdir("d");
}

/* As on a disk that is full after the first of it. */
TEST(half_a_text_is_none)
{
	static char text[8192];
	const struct rlimit small = { 4096, RLIM_INFINITY };
	struct rlimit before;

	memset(text, 'x', sizeof(text));
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(replace_file("a", "whole", 5, 0644), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(replace_file("a", text, sizeof(text), 0644), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	expect_text("a", "whole");
	assert_int_equal(entries(), 1);
	unlink("a");
}
