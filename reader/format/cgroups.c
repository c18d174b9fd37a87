// SPDX-License-Identifier: GPL-2.0-only
#include "cgroups.h"

#include <errno.h>
#include <string.h>

#include "cgroupfs.h"
#include "clock.h"
#include "container.h"
#include "unit.h"
#include "util.h"

#define NS	   1000000000ULL
#define WINDOW	   8 /* slots in which an id can be */
#define WALK_SHARE 10

void cgroups_init(struct cgroups *c, int root_fd)
{
	memset(c, 0, sizeof(*c));
	c->root_fd = root_fd;
	c->by_handle = true;
}

void cgroups_done(struct cgroups *c)
{
	for (size_t i = 0; i < CGROUPS_MAX; i++)
		free(c->slots[i].path);
	close_fdp(&c->root_fd);
	cgroups_init(c, -1);
}

static struct cgroup *slot_at(struct cgroups *c, uint64_t id, size_t i)
{
	uint64_t home = id * 0x9e3779b97f4a7c15ULL >> 32;

	return &c->slots[(home + i) % CGROUPS_MAX];
}

static struct cgroup *look_up(struct cgroups *c, uint64_t id)
{
	for (size_t i = 0; i < WINDOW; i++) {
		struct cgroup *g = slot_at(c, id, i);

		if (g->id == id && g->state != CGROUP_UNUSED)
			return g;
	}
	return NULL;
}

/* The slot to lose: a free one, else one without a name, else the one unused for longest. */
static struct cgroup *worst(struct cgroups *c, uint64_t id)
{
	struct cgroup *least = slot_at(c, id, 0);

	for (size_t i = 0; i < WINDOW; i++) {
		struct cgroup *g = slot_at(c, id, i);
		bool named = g->state >= CGROUP_KNOWN, least_named = least->state >= CGROUP_KNOWN;

		if (g->state == CGROUP_UNUSED)
			return g;
		if (named != least_named ? least_named : g->used < least->used)
			least = g;
	}
	return least;
}

static void occupy(struct cgroup *g, uint64_t id, uint64_t now)
{
	free(g->path);
	*g = (struct cgroup){ .id = id, .used = now, .state = CGROUP_UNKNOWN };
}

/* Without memory for the path g stays as it is. */
static void name(struct cgroup *g, const char *path, uint64_t now)
{
	size_t len = strlen(path) + 1;
	struct container of;
	char *copy = malloc(len + sizeof(of.pod) + sizeof(of.id));

	if (!copy)
		return;
	memcpy(copy, path, len);
	container_find(path, &of);
	free(g->path);
	g->path = copy;
	g->path_len = len - 1;
	g->pod = memcpy(copy + len, of.pod, sizeof(of.pod));
	g->container = memcpy(copy + len + sizeof(of.pod), of.id, sizeof(of.id));
	g->unit = unit_of_path(copy, &g->unit_len);
	g->state = CGROUP_KNOWN;
	g->until = now + NS;
}

void cgroups_seen(struct cgroups *c, uint64_t id, const char *path, uint64_t now)
{
	struct cgroup *g = look_up(c, id);

	if (!g) {
		g = worst(c, id);
		if (g->state != CGROUP_UNUSED)
			return;
		occupy(g, id, now);
	}
	if (g->state < CGROUP_KNOWN)
		name(g, path, now);
}

/* Returns whether handles can be used at all. */
static bool resolve_by_handle(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	CLEANUP(free_charp) char *path = NULL;
	bool gone = false;
	int r = cgroupfs_path_by_handle(c->root_fd, g->id, &path, &gone);

	if (r == -EOPNOTSUPP)
		return false;
	g->until = now + NS;
	if (r == -ENOENT)
		g->state = CGROUP_ABSENT;
	if (r == 0)
		name(g, path, now);
	if (gone && g->state == CGROUP_KNOWN)
		g->state = CGROUP_GONE;
	return true;
}

struct walk {
	struct cgroups *cgroups;
	struct cgroup *wanted;
	uint64_t now;
};

/* On to the end: what is come across need not be looked for. */
static bool note(void *arg, uint64_t id, const char *path)
{
	struct walk *w = arg;

	if (id == w->wanted->id)
		name(w->wanted, path, w->now);
	else
		cgroups_seen(w->cgroups, id, path, w->now);
	return true;
}

static void resolve_by_walk(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	struct walk w = { .cgroups = c, .wanted = g, .now = now };
	uint64_t start = clock_boottime(), end;
	int r;

	if (start < c->walk_after)
		return;
	g->until = now + NS;
	r = cgroupfs_walk(c->root_fd, note, &w);
	end = clock_boottime();
	c->walk_after = end + (WALK_SHARE - 1) * (end - start);
	if (g->state == CGROUP_UNKNOWN && r == 0)
		g->state = CGROUP_ABSENT;
}

/*
 * From an id to the path; one that stays UNKNOWN will be tried again. With CAP_DAC_READ_SEARCH the
 * id is as good as a name: a file handle of kernfs consists of it (since Linux 5.5). Without, the
 * whole hierarchy is walked, whose directories have their id as inode number; so as not to do
 * nothing but that, a tenth of the time.
 */
static void resolve(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	if (c->by_handle)
		c->by_handle = resolve_by_handle(c, g, now);
	if (!c->by_handle)
		resolve_by_walk(c, g, now);
}

static void look_again(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	uint64_t id;
	int r = cgroupfs_id(c->root_fd, g->path, &id);

	g->until = now + NS;
	/* another one of the same path has another id */
	if (r == -ENOENT || r == -ENOTDIR || (r == 0 && id != g->id))
		g->state = CGROUP_GONE;
}

const struct cgroup *cgroups_look_up(struct cgroups *c, uint64_t id, uint64_t now)
{
	struct cgroup *g = look_up(c, id);

	if (!g) {
		if (!id)
			return NULL;
		g = worst(c, id);
		occupy(g, id, now);
	}
	g->used = now;
	if (g->state == CGROUP_UNKNOWN && now >= g->until)
		resolve(c, g, now);
	else if (g->state == CGROUP_KNOWN && now >= g->until)
		look_again(c, g, now);
	c->last = g;
	c->last_found = now;
	return g->state >= CGROUP_KNOWN ? g : NULL;
}
