// SPDX-License-Identifier: GPL-2.0-only
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"
#include "util.h"

static int fill(int fd, const char *text, size_t len, mode_t mode)
{
	int r = text_write_fd(fd, text, len);

	if (r == 0 && fchmod(fd, mode) < 0)
		r = -errno;
	/* some file systems tell only here that there was no room */
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

static int write_beside(char *beside, const char *path, const char *text, size_t len, mode_t mode)
{
	int fd = mkostemp(beside, O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	r = fill(fd, text, len, mode);
	if (r == 0 && rename(beside, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(beside);
	return r;
}

int replace_file(const char *path, const char *text, size_t len, mode_t mode)
{
	CLEANUP(free_charp) char *beside = NULL;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	sigset_t all, before;
	int r;

	if (!name[0])
		return -EISDIR;
	if (asprintf(&beside, "%.*s.%s.XXXXXX", (int)(name - path), path, name) < 0) {
		beside = NULL;
		return -ENOMEM;
	}
	/* whoever asks us to end does not find half of it either */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	r = write_beside(beside, path, text, len, mode);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}
