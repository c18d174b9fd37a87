// SPDX-License-Identifier: GPL-2.0-only
#include "cgroupfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cgroupfs-open.h"
#include "namespaces.h"
#include "text.h"
#include "util.h"

#define PROC_FILE_MAX (16 << 20)

int cgroupfs_id(int root_fd, const char *path, uint64_t *ret_id)
{
	struct stat st;

	while (*path == '/')
		path++;
	if (fstatat(root_fd, *path ? path : ".", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	*ret_id = st.st_ino;
	return 0;
}

#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h */

struct kernfs_handle {
	struct file_handle head;
	uint64_t id;
};
_Static_assert(offsetof(struct kernfs_handle, id) == offsetof(struct file_handle, f_handle),
	       "the id is the handle");

/* An O_PATH fd of the cgroup with this id, which is what a file handle of kernfs consists of. */
static int open_id(int root_fd, uint64_t id)
{
	struct kernfs_handle h = { { sizeof(h.id), FILEID_KERNFS }, id };
	int fd = open_by_handle_at(root_fd, &h.head, O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Reads the place of an fd from /proc. Returns its length, or -1. */
static ssize_t place_of(int fd, char ret_path[PATH_MAX])
{
	char name[32];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, ret_path, PATH_MAX - 1);
	if (n >= 0)
		ret_path[n] = '\0';
	return n < 0 || n == PATH_MAX - 1 ? -1 : n;
}

/*
 * The path of a cgroup that is open, wherever the hierarchy is mounted; of one that has been removed
 * /proc adds " (deleted)". NULL if it cannot be told.
 */
static char *path_of_fd(int root_fd, int fd)
{
	char root[PATH_MAX], path[PATH_MAX];
	ssize_t n = place_of(root_fd, root);

	if (n < 0 || place_of(fd, path) < 0)
		return NULL;
	if (n == 1) /* a mount that is nowhere: paths in it begin at its root */
		n = 0;
	if (strncmp(path, root, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return strdup(path[n] ? path + n : "/");
}

static const char deleted[] = " (deleted)";

/* Returns where the path ends if /proc marks it as removed; a name may end like that, too. */
static char *find_deleted(char *path)
{
	size_t n = strlen(path), m = sizeof(deleted) - 1;

	return n > m && strcmp(path + n - m, deleted) == 0 ? path + n - m : NULL;
}

int cgroupfs_path_by_handle(int root_fd, uint64_t id, char **ret_path, bool *ret_gone)
{
	CLEANUP(close_fdp) int fd = open_id(root_fd, id);
	CLEANUP(free_charp) char *path = NULL;
	uint64_t found;
	char *end;

	if (fd == -ESTALE)
		return -ENOENT;
	if (fd == -EPERM || fd == -EBADF || fd == -ENOSYS || fd == -EINVAL)
		return -EOPNOTSUPP;
	if (fd < 0)
		return fd;
	path = path_of_fd(root_fd, fd);
	if (!path)
		return -ENAMETOOLONG;
	*ret_gone = cgroupfs_id(root_fd, path, &found) < 0 || found != id;
	end = find_deleted(path);
	if (*ret_gone && end)
		*end = '\0';
	*ret_path = TAKE_PTR(path);
	return 0;
}

#define WALK_DEPTH 64 /* each level takes an fd */

struct walk {
	bool (*visit)(void *arg, uint64_t id, const char *path);
	void *arg;
	bool stopped;
	int result; /* -EAGAIN: not all of it could be seen */
	char path[PATH_MAX];
};

static void walk_directory(struct walk *w, int fd, size_t len, unsigned int depth);

static void walk_child(struct walk *w, int dir_fd, const struct dirent *e, size_t len,
		       unsigned int depth)
{
	size_t name_len = strlen(e->d_name), n = len + 1 + name_len;
	int fd;

	if (e->d_type != DT_DIR || strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
		return;
	if (n >= sizeof(w->path)) {
		w->result = -EAGAIN;
		return;
	}
	w->path[len] = '/';
	memcpy(w->path + len + 1, e->d_name, name_len + 1);
	w->stopped = !w->visit(w->arg, e->d_ino, w->path);
	if (w->stopped)
		return;
	fd = openat(dir_fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		walk_directory(w, fd, n, depth + 1);
	else if (errno != ENOENT)
		w->result = -EAGAIN;
}

/* Takes fd over. path[len] is where it is. */
static void walk_directory(struct walk *w, int fd, size_t len, unsigned int depth)
{
	DIR *dir = depth < WALK_DEPTH ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!dir) {
		close(fd);
		w->result = -EAGAIN;
		return;
	}
	while (!w->stopped && (e = readdir(dir)))
		walk_child(w, dirfd(dir), e, len, depth);
	closedir(dir);
}

int cgroupfs_walk(int root_fd, bool (*visit)(void *arg, uint64_t id, const char *path), void *arg)
{
	struct walk w = { .visit = visit, .arg = arg };
	int r, fd = openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t root;

	if (fd < 0)
		return -errno;
	r = cgroupfs_id(fd, "/", &root);
	if (r < 0 || !visit(arg, root, "/")) {
		close(fd);
		return r;
	}
	walk_directory(&w, fd, 0, 0);
	return w.result;
}

struct sought {
	uint64_t id;
	char *path; /* owned */
	bool found;
};

static bool take_id(void *arg, uint64_t id, const char *path)
{
	struct sought *s = arg;

	s->found = id == s->id;
	if (s->found)
		s->path = strdup(path);
	return !s->found;
}

int cgroupfs_path_of_id(int root_fd, uint64_t id, char **ret_path, bool *ret_gone)
{
	struct sought s = { .id = id };
	int r = cgroupfs_path_by_handle(root_fd, id, ret_path, ret_gone);

	if (r != -EOPNOTSUPP)
		return r;
	r = cgroupfs_walk(root_fd, take_id, &s);
	if (s.path) {
		*ret_path = s.path;
		*ret_gone = false;
		return 0;
	}
	return s.found ? -ENOMEM : r < 0 ? r : -ENOENT;
}

char *cgroupfs_path_in(const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, "0::/", 4) == 0)
			return strndup(line + 3, strcspn(line + 3, "\n"));
	return NULL;
}

bool cgroupfs_text_is_v1(const char *text)
{
	CLEANUP(free_charp) char *path = cgroupfs_path_in(text);

	if (path && strcmp(path, "/") != 0)
		return false;
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\n");
		const char *slash = memchr(line, '/', len);

		if (slash && slash + 1 < line + len)
			return true;
	}
	return false;
}

bool cgroupfs_is_v1(void)
{
	static const char *const files[] = { "/proc/self/cgroup", "/proc/1/cgroup" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP(free_charp) char *text = NULL;

		if (text_read_file(AT_FDCWD, files[i], PROC_FILE_MAX, &text, NULL) == 0 &&
		    cgroupfs_text_is_v1(text))
			return true;
	}
	return false;
}

/* 0, -EXDEV: in another one, -ENODATA: /proc does not say. */
static int check_namespace(void)
{
	struct stat st;

	if (stat("/proc/self/ns/cgroup", &st) < 0)
		return -ENODATA;
	return st.st_ino == INITIAL_CGROUP_NAMESPACE ? 0 : -EXDEV;
}

/* A task that is past its end: it runs no more, and keeps no cgroup from being removed. */
static bool is_dead(pid_t pid)
{
	CLEANUP(free_charp) char *text = NULL;
	const char *state;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	r = text_read_file(AT_FDCWD, name, PROC_FILE_MAX, &text, NULL);
	if (r < 0)
		return r == -ENOENT || r == -ESRCH;
	state = strrchr(text, ')');
	return !state || !state[1] || strchr("ZX", state[2]);
}

/*
 * Returns whether a path that ends as /proc marks what has been removed means that. A cgroup with a
 * task that runs cannot be removed, so it is the end of a living one's name, unless the task is
 * ending.
 */
static bool is_removed(pid_t pid, const char *path)
{
	CLEANUP(close_fdp) int root = -1;
	uint64_t id;

	if (!pid)
		return false;
	if (is_dead(pid))
		return true;
	root = cgroupfs_open();
	return root >= 0 && cgroupfs_id(root, path, &id) == -ENOENT;
}

int cgroupfs_path_of(pid_t pid, char **ret_path)
{
	CLEANUP(free_charp) char *text = NULL;
	CLEANUP(free_charp) char *path = NULL;
	char name[32] = "/proc/self/cgroup";
	size_t len;
	int r = check_namespace();

	if (r < 0)
		return r;
	if (pid)
		snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	r = text_read_file(AT_FDCWD, name, PROC_FILE_MAX, &text, &len);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	path = cgroupfs_path_in(text);
	if (!path)
		return -ENOENT;
	if (find_deleted(path) && is_removed(pid, path))
		return -ESTALE;
	*ret_path = TAKE_PTR(path);
	return 0;
}
