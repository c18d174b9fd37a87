// SPDX-License-Identifier: GPL-2.0-only
#include "edit-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>

#include "config-files.h"
#include "ctl.h"
#include "message.h"
#include "parser.h"
#include "replace.h"
#include "text.h"
#include "util.h"

#define LOCK	 CONFIG_FILES_LOCAL "/.edit.lock"
#define RANDOM	 ".XXXXXX"
#define NEW_MODE 0644

static const char template[] =
	"# Settings here come after those of bpflock.conf and of drop-ins with a lesser name.\n"
	"# See bpflock.conf(5). For example:\n"
	"#\n"
	"# [kimglock]\n"
	"# profile = baseline\n"
	"# block = @modules, kexec\n";

static const char *const directories[] = { CONFIG_FILES_LOCAL, CONFIG_FILES_DROP_INS };

static int directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? 1 : slash - path;
}

/* A relative path, or one through links, as the configuration names it. NULL: out of memory. */
static char *full_path(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	CLEANUP(free_charp)
	char *dir = slash ? strndup(path, slash == path ? 1 : slash - path) : strdup(".");
	CLEANUP(free_charp) char *real = dir ? realpath(dir, NULL) : NULL;
	char *full;

	if (!real || config_files_is_local(path))
		return strdup(path);
	return asprintf(&full, "%s/%s", real, name) < 0 ? NULL : full;
}

static enum exit_status make_directories(struct edit_file *f)
{
	size_t n = directory_length(f->path) == strlen(CONFIG_FILES_LOCAL) ? 1 : 2;

	for (size_t i = 0; i < n; i++) {
		f->made[i] = mkdir(directories[i], 0755) == 0;
		if (!f->made[i] && errno != EEXIST)
			return ctl_failed("make the directory of policy files", -errno);
	}
	return STATUS_OK;
}

/* The directory must be root's alone: others could put something else in the place of the copy. */
static enum exit_status check_directory(const struct edit_file *f)
{
	CLEANUP(free_charp) char *dir = strndup(f->real, directory_length(f->real));
	struct stat st;

	if (!dir || stat(dir, &st) < 0)
		return ctl_failed("examine the file's directory", dir ? -errno : -ENOMEM);
	if (st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return STATUS_OK;
	ctl_error(
		"%s: the directory must belong to root and be writable by nobody else" MESSAGE_UNCHANGED,
		dir);
	return STATUS_USAGE;
}

/* A link stays, and what it leads to is edited, but for files of packages. */
static enum exit_status follow(struct edit_file *f)
{
	struct stat st;

	if (lstat(f->path, &st) < 0 || !S_ISLNK(st.st_mode)) {
		f->real = strdup(f->path);
		return f->real ? STATUS_OK : ctl_failed("copy the path", -ENOMEM);
	}
	f->real = realpath(f->path, NULL);
	if (!f->real) {
		ctl_error("%s: cannot follow the symbolic link: %s" MESSAGE_UNCHANGED, f->path, strerror(errno));
		return STATUS_USAGE;
	}
	if (strncmp(f->real, "/usr/", 5) != 0 && strncmp(f->real, "/dev/", 5) != 0)
		return STATUS_OK;
	ctl_error(
		"%s: a symbolic link to %s, which is not edited: remove the link first" MESSAGE_UNCHANGED,
		f->path, f->real);
	return STATUS_USAGE;
}

static enum exit_status examine(struct edit_file *f)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	if (config_files_load(f->real, &f->text, &f->len, &f->st, &d) == 0)
		config_files_trusted(&f->st, f->real, CONFIG_TRUST_ROOT, &d);
	ctl_diagnostics(&d);
	f->exists = true;
	return d.errors ? STATUS_USAGE : STATUS_OK;
}

/* The text of the file that this one will override, or NULL. */
static char *overridden_text(const char *path, size_t *ret_len)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(config_files_done) struct config_files files = {};
	const char *name = path + strlen(CONFIG_FILES_LOCAL);
	char *text = NULL;

	config_files_search("", NULL, &files, &d);
	for (size_t i = 0; i < files.n && !text; i++) {
		size_t n = strlen(files.items[i].path), len = strlen(name);

		if (files.items[i].state != CONFIG_READ || n <= len ||
		    strcmp(files.items[i].path + n - len, name) != 0)
			continue;
		text = TAKE_PTR(files.items[i].text);
		*ret_len = files.items[i].len;
	}
	return text;
}

static enum exit_status begin_new(struct edit_file *f)
{
	f->text = overridden_text(f->path, &f->len);
	if (f->text)
		return STATUS_OK;
	f->text = strdup(template);
	f->len = strlen(template);
	return f->text ? STATUS_OK : ctl_failed("begin a new file", -ENOMEM);
}

/* Locks the file of this path. -EAGAIN: its owner has removed it meanwhile. */
static int lock_once(const char *path, int *ret_fd)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	struct stat here, there;

	*ret_fd = fd;
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return -errno;
	if (fstat(fd, &here) < 0 || lstat(path, &there) < 0)
		return -EAGAIN;
	return here.st_ino == there.st_ino && here.st_dev == there.st_dev ? 0 : -EAGAIN;
}

static enum exit_status busy(int fd)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n > 1)
		ctl_error("process %.*s edits the policy files: try again when it is done",
			  (int)strcspn(text, "\n"), text);
	else
		ctl_error("another bpflock-ctl edits the policy files: try again when it is done");
	return STATUS_BUSY;
}

/* Returns STATUS_BUSY while another editor has it. The lock's file says who that is. */
static enum exit_status lock(struct edit_file *f)
{
	int r = -EAGAIN;

	for (int tries = 0; r == -EAGAIN && tries < 100; tries++) {
		CLEANUP(close_fdp) int fd = -1;

		r = lock_once(LOCK, &fd);
		if (r == -EWOULDBLOCK)
			return busy(fd);
		if (r == 0)
			f->lock_fd = TAKE_FD(fd);
	}
	if (r < 0)
		return ctl_failed("lock the policy files", r);
	f->lock = strdup(LOCK);
	if (ftruncate(f->lock_fd, 0) == 0)
		dprintf(f->lock_fd, "%d\n", (int)getpid());
	return f->lock ? STATUS_OK : ctl_failed("lock the policy files", -ENOMEM);
}

/* Copies of an editor that was killed; it has lost the lock, so nobody uses them. */
static void remove_leftovers(const char *copy)
{
	int dir_len = directory_length(copy);
	const char *name = copy + dir_len + 1;
	size_t len = strlen(name) - strlen("XXXXXX");
	CLEANUP(free_charp) char *dir = strndup(copy, dir_len);
	DIR *all = dir ? opendir(dir) : NULL;
	struct dirent *e;

	while (all && (e = readdir(all)))
		if (strlen(e->d_name) == strlen(name) && strncmp(e->d_name, name, len) == 0)
			unlinkat(dirfd(all), e->d_name, 0);
	if (all)
		closedir(all);
}

static enum exit_status make_copy(struct edit_file *f)
{
	int dir_len = directory_length(f->real), r;
	CLEANUP(close_fdp) int fd = -1;

	if (asprintf(&f->copy, "%.*s/.%s" RANDOM, dir_len, f->real, f->real + dir_len + 1) < 0) {
		f->copy = NULL;
		return ctl_failed("copy the path", -ENOMEM);
	}
	remove_leftovers(f->copy);
	fd = mkostemp(f->copy, O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		free(f->copy);
		f->copy = NULL;
		return ctl_failed("make a copy to edit", r);
	}
	r = text_write_fd(fd, f->text, f->len);
	return r < 0 ? ctl_failed("make a copy to edit", r) : STATUS_OK;
}

static enum exit_status check_path(struct edit_file *f, const char *path)
{
	f->path = full_path(path);
	if (!f->path)
		return ctl_failed("copy the path", -ENOMEM);
	if (config_files_is_local(f->path))
		return STATUS_OK;
	ctl_error("edit: %s is not a policy file of " CONFIG_FILES_LOCAL
		  ": expected " CONFIG_FILES_LOCAL
		  "/bpflock.conf or a path such as " EDIT_FILE_DEFAULT,
		  f->path);
	return STATUS_USAGE;
}

enum exit_status edit_file_open(struct edit_file *f, const char *path)
{
	enum exit_status status = check_path(f, path ?: EDIT_FILE_DEFAULT);
	struct stat st;

	if (status == STATUS_OK)
		status = follow(f);
	if (status == STATUS_OK)
		status = make_directories(f);
	if (status == STATUS_OK)
		status = check_directory(f);
	if (status == STATUS_OK)
		status = lock(f);
	if (status == STATUS_OK)
		status = lstat(f->real, &st) == 0 ? examine(f) : begin_new(f);
	return status == STATUS_OK ? make_copy(f) : status;
}

enum exit_status edit_file_read(const struct edit_file *f, char **ret_text, size_t *ret_len)
{
	CLEANUP(close_fdp)
	int fd = open(f->copy, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int r = fd < 0 || fstat(fd, &st) < 0 ? -errno : 0;

	if (r == 0 && !S_ISREG(st.st_mode))
		r = -EINVAL;
	if (r == 0)
		r = text_read_fd(fd, PARSER_TEXT_MAX, ret_text, ret_len);
	return r < 0 ? ctl_failed("read the edited file", r) : STATUS_OK;
}

static bool is_unchanged(const struct edit_file *f)
{
	CLEANUP(free_charp) char *text = NULL;
	struct stat st;
	size_t len;

	if (!f->exists)
		return lstat(f->real, &st) < 0 && errno == ENOENT;
	return text_read_file(AT_FDCWD, f->real, PARSER_TEXT_MAX, &text, &len) == 0 &&
	       len == f->len && memcmp(text, f->text, len) == 0;
}

enum exit_status edit_file_install(struct edit_file *f, const char *text, size_t len)
{
	int r;

	if (!is_unchanged(f)) {
		ctl_error("%s: someone else has changed the file" MESSAGE_UNCHANGED, f->path);
		return STATUS_FAILED;
	}
	r = replace_file_for_good(f->real, text, len, f->exists ? f->st.st_mode & 07777 : NEW_MODE,
				  f->exists ? f->st.st_gid : (gid_t)-1);
	if (r == 0)
		return STATUS_OK;
	ctl_error("%s: cannot write: %s" MESSAGE_UNCHANGED, f->path, strerror(-r));
	return STATUS_FAILED;
}

void edit_file_done(struct edit_file *f)
{
	if (f->copy)
		unlink(f->copy);
	/* while it is held, so that it is ours */
	if (f->lock)
		unlink(f->lock);
	close_fdp(&f->lock_fd);
	for (size_t i = ARRAY_SIZE(directories); i-- > 0;)
		if (f->made[i])
			rmdir(directories[i]);
	free(f->copy);
	free(f->lock);
	free(f->path);
	free(f->real);
	free(f->text);
}
