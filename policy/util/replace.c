// SPDX-License-Identifier: GPL-2.0-only
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"
#include "util.h"

/* The content of a file and its metadata. */
struct content {
	const char *text;
	size_t len;
	mode_t mode;
	gid_t gid;
	bool for_good; /* on the disk before it has its name */
};

static int fill(int fd, const struct content *c)
{
	int r = text_write_fd(fd, c->text, c->len);

	/* a change of the group takes bits off the mode */
	if (r == 0 && c->gid != (gid_t)-1 && fchown(fd, -1, c->gid) < 0)
		r = -errno;
	if (r == 0 && fchmod(fd, c->mode) < 0)
		r = -errno;
	if (r == 0 && c->for_good && fsync(fd) < 0)
		r = -errno;
	/* some file systems tell only here that there was no room */
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

static int write_beside(char *beside, const char *path, const struct content *c)
{
	int fd = mkostemp(beside, O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = fill(fd, c);
	if (r == 0 && rename(beside, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(beside);
	return r;
}

/* The name is written with its directory. One that cannot be synced has it in memory all the same.
 */
static void sync_directory(const char *path, int len)
{
	CLEANUP(free_charp) char *dir = len ? strndup(path, len) : strdup(".");
	CLEANUP(close_fdp) int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0)
		fsync(fd);
}

/* Devices and pipes are others' as well, and so is a link such as /dev/stdout. */
static bool is_replaceable(const char *path)
{
	struct stat st;

	if (strncmp(path, "/dev/", 5) == 0 && !strchr(path + 5, '/'))
		return false;
	return lstat(path, &st) < 0 || S_ISREG(st.st_mode) || S_ISLNK(st.st_mode) ||
	       S_ISDIR(st.st_mode);
}

static int replace(const char *path, const struct content *c)
{
	CLEANUP(free_charp) char *beside = NULL;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	sigset_t all, before;
	int r;

	if (!name[0])
		return -EISDIR;
	if (!is_replaceable(path))
		return -ENOTSUP;
	if (asprintf(&beside, "%.*s.%s.XXXXXX", (int)(name - path), path, name) < 0) {
		beside = NULL;
		return -ENOMEM;
	}
	/* whoever asks us to end does not find half of it either */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	r = write_beside(beside, path, c);
	if (r == 0 && c->for_good)
		sync_directory(path, name - path);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int replace_file(const char *path, const char *text, size_t len, mode_t mode)
{
	return replace(path, &(struct content){ text, len, mode, -1, false });
}

int replace_file_for_good(const char *path, const char *text, size_t len, mode_t mode, gid_t gid)
{
	return replace(path, &(struct content){ text, len, mode, gid, true });
}

const char *replace_error(int error)
{
	return error == -ENOTSUP
		       ? "not a regular file: leave out the name to write to standard output"
		       : strerror(-error);
}
