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

#define NS	      1000000000ULL
#define WALK_SHARE    10
#define WALK_DEPTH    64 /* each level takes an fd */

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
	CLEANUP(free_charp) char *path = cgroupfs_path_of_fd(c->root_fd, fd);

	g->until = now + NS;
	if (!path)
		return;
	if (exists(c, path, g->id)) {
		cgroup_name(g, path, now);
		return;
	}
	drop_deleted(path);
	cgroup_name(g, path, now);
	if (g->state == CGROUP_KNOWN)
		g->state = CGROUP_GONE;
}

/* Whether handles can be used at all. */
static bool resolve_by_handle(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	CLEANUP(close_fdp) int fd = cgroupfs_open_id(c->root_fd, g->id);

	if (fd >= 0) {
		name_by_fd(c, g, fd, now);
		return true;
	}
	if (fd == -EPERM || fd == -ENOSYS || fd == -EOPNOTSUPP || fd == -EINVAL)
		return false;
	if (fd == -ESTALE || fd == -ENOENT)
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
