// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a cgroup's id to its path. With CAP_DAC_READ_SEARCH the id is as good as a name: it is what
 * a file handle of kernfs consists of (since Linux 5.5). Without, the whole hierarchy is walked,
 * whose directories have their id as inode number; so as not to do nothing but that, a tenth of the
 * time.
 */
#include "cgroups-resolve.h"

#include <errno.h>

#include "cgroupfs.h"
#include "clock.h"
#include "util.h"
#include "wallclock.h"

#define NS	   1000000000ULL
#define WALK_SHARE 10

/* Whether handles can be used at all. */
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
		cgroup_name(g, path, now);
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
		cgroup_name(w->wanted, path, w->now);
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

void cgroups_resolve(struct cgroups *c, struct cgroup *g, uint64_t now)
{
	if (c->by_handle)
		c->by_handle = resolve_by_handle(c, g, now);
	if (!c->by_handle)
		resolve_by_walk(c, g, now);
}
