// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a cgroup's id to its path. With CAP_DAC_READ_SEARCH the id is as good as a name: it is what
 * a file handle of kernfs consists of (since Linux 5.5). Without, the whole hierarchy is walked,
 * whose directories have their id as inode number; so as not to do nothing but that, a tenth of the
 * time.
 */
#include "cgroups-resolve.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "../policy/cgroupfs.h"
#include "../policy/util.h"
#include "wallclock.h"

#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h */
#define NS	      1000000000ULL
#define WALK_SHARE    10
#define WALK_DEPTH    64 /* each level takes an fd */

struct kernfs_handle {
	struct file_handle head;
	uint64_t id;
};
_Static_assert(offsetof(struct kernfs_handle, id) == offsetof(struct file_handle, f_handle),
	       "the id is the handle");

/* What /proc says of the place of an fd. Its length, or -1. */
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

/* The path of a cgroup in its hierarchy, wherever that is mounted; NULL if it cannot be told. */
static const char *below_root(int root_fd, int fd, char buffer[PATH_MAX])
{
	char root[PATH_MAX];
	ssize_t n = place_of(root_fd, root);

	if (n < 0 || place_of(fd, buffer) < 0)
		return NULL;
	if (n == 1) /* a mount that is nowhere: paths in it begin at its root */
		n = 0;
	if (strncmp(buffer, root, n) != 0 || (buffer[n] && buffer[n] != '/'))
		return NULL;
	return buffer[n] ? buffer + n : "/";
}

static bool exists(const struct cgroups *c, const char *path, uint64_t id)
{
	uint64_t found;

	return cgroupfs_id(c->root_fd, path, &found) == 0 && found == id;
}

/* It was removed since it was opened: /proc says so behind its path, as a path may end too. */
static void drop_deleted(char *path)
{
	static const char deleted[] = " (deleted)";
	size_t n = strlen(path), m = sizeof(deleted) - 1;

	if (n > m && strcmp(path + n - m, deleted) == 0)
		path[n - m] = '\0';
}

static void name_by_fd(struct cgroups *c, struct cgroup *g, int fd, uint64_t now)
{
	char buffer[PATH_MAX];
	const char *path = below_root(c->root_fd, fd, buffer);

	g->until = now + NS;
	if (!path)
		return;
	if (exists(c, path, g->id)) {
		cgroup_name(g, path, now);
		return;
	}
	drop_deleted(buffer);
	cgroup_name(g, path, now);
	if (g->state == CGROUP_KNOWN)
		g->state = CGROUP_GONE;
}

/* Whether handles can be used at all. */
static bool resolve_by_handle(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	struct kernfs_handle h = { { sizeof(h.id), FILEID_KERNFS }, g->id };
	CLEANUP(close_fdp) int fd = open_by_handle_at(c->root_fd, &h.head, O_PATH | O_CLOEXEC);

	if (fd >= 0) {
		name_by_fd(c, g, fd, now);
		return true;
	}
	if (errno == EPERM || errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL)
		return false;
	if (errno == ESTALE || errno == ENOENT)
		g->state = CGROUP_ABSENT;
	g->until = now + NS;
	return true;
}

struct walk {
	struct cgroups *cgroups;
	struct cgroup *wanted;
	uint64_t now;
	bool complete;
	char path[PATH_MAX];
};

/* w->path has this id. */
static void note(struct walk *w, uint64_t id)
{
	if (id == w->wanted->id)
		cgroup_name(w->wanted, w->path, w->now);
	else
		cgroups_seen(w->cgroups, id, w->path, w->now);
}

static void walk_directory(struct walk *w, int fd, size_t len, unsigned int depth);

static void walk_child(struct walk *w, int dir_fd, const struct dirent *e, size_t len,
		       unsigned int depth)
{
	size_t n = len + 1 + strlen(e->d_name);
	int fd;

	if (e->d_type != DT_DIR || strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
		return;
	if (n >= sizeof(w->path)) {
		w->complete = false;
		return;
	}
	w->path[len] = '/';
	strcpy(w->path + len + 1, e->d_name);
	note(w, e->d_ino);
	fd = openat(dir_fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		walk_directory(w, fd, n, depth + 1);
	else
		w->complete &= errno == ENOENT;
}

/* Takes fd over. path[len] is where it is. */
static void walk_directory(struct walk *w, int fd, size_t len, unsigned int depth)
{
	DIR *dir = depth < WALK_DEPTH ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (!dir) {
		close(fd);
		w->complete = false;
		return;
	}
	while ((e = readdir(dir)))
		walk_child(w, dirfd(dir), e, len, depth);
	closedir(dir);
}

static void resolve_by_walk(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	struct walk w = {
		.cgroups = c, .wanted = g, .now = now, .complete = true, .path = "/"
	};
	uint64_t start = wallclock_boottime(), end, root;
	int fd;

	if (start < c->walk_after)
		return;
	g->until = now + NS;
	fd = openat(c->root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (cgroupfs_id(c->root_fd, "/", &root) == 0)
		note(&w, root);
	walk_directory(&w, fd, 0, 0);
	end = wallclock_boottime();
	c->walk_after = end + (WALK_SHARE - 1) * (end - start);
	if (g->state == CGROUP_UNKNOWN && w.complete)
		g->state = CGROUP_ABSENT;
}

void cgroups_resolve(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	if (c->by_handle)
		c->by_handle = resolve_by_handle(c, g, now);
	if (!c->by_handle)
		resolve_by_walk(c, g, now);
}
