// SPDX-License-Identifier: GPL-2.0-only
/*
 * From ids to paths, in a directory that stands for the hierarchy: its directories have inode
 * numbers as well. What needs the real one is skipped where that cannot be had.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "test.h"
#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "cgroups.h"
#include "unit.h"

#define SECOND 1000000000ULL

static char top[] = "/tmp/bpflock-cgroups-XXXXXX";
static struct cgroups cgroups;
static uint64_t now;

static void run(const char *command, const char *path)
{
	CLEANUP(free_charp) char *line = NULL;

	assert_true(asprintf(&line, "%s '%s'/%s", command, top, path) > 0);
	assert_int_equal(system(line), 0);
}

static uint64_t id_of(const char *path)
{
	uint64_t id;

	assert_int_equal(cgroupfs_id(cgroups.root_fd, path, &id), 0);
	return id;
}

static int setup(void **state)
{
	strcpy(top + strlen(top) - 6, "XXXXXX");
	assert_non_null(mkdtemp(top));
	cgroups_init(&cgroups, open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	cgroups.by_handle = false;
	now = 100 * SECOND;
	run("mkdir -p", "system.slice/a.service/sub");
	run("mkdir -p", "'user.slice/with blank'");
	run("touch", "file");
	return 0;
}

static int teardown(void **state)
{
	cgroups_done(&cgroups);
	run("rm -r", "");
	return 0;
}

static void expect(uint64_t id, const char *path, bool gone)
{
	const struct cgroup *g = cgroups_find(&cgroups, id, now);

	if (!path) {
		assert_null(g);
		return;
	}
	assert_non_null(g);
	assert_string_equal(g->path, path);
	assert_int_equal(g->path_len, strlen(path));
	assert_int_equal(g->state == CGROUP_GONE, gone);
}

TEST_WITH(test_found, setup, teardown)
{
	expect(id_of("/"), "/", false);
	expect(id_of("/system.slice"), "/system.slice", false);
	expect(id_of("/system.slice/a.service/sub"), "/system.slice/a.service/sub", false);
	expect(id_of("/user.slice/with blank"), "/user.slice/with blank", false);
	expect(0, NULL, false);
}

/* One walk names all: without the directory, the second is known still. */
TEST_WITH(test_one_walk, setup, teardown)
{
	uint64_t other = id_of("/user.slice/with blank");

	expect(id_of("/system.slice"), "/system.slice", false);
	run("rmdir", "'user.slice/with blank'");
	expect(other, "/user.slice/with blank", false);
}

TEST_WITH(test_gone, setup, teardown)
{
	uint64_t id = id_of("/system.slice/a.service/sub");

	expect(id, "/system.slice/a.service/sub", false);
	run("rmdir", "system.slice/a.service/sub");
	expect(id, "/system.slice/a.service/sub", false); /* not looked at again yet */
	now += SECOND;
	expect(id, "/system.slice/a.service/sub", true);
	now += SECOND;
	expect(id, "/system.slice/a.service/sub", true);
}

/* A new one of the same path is another one. */
TEST_WITH(test_replaced, setup, teardown)
{
	uint64_t id = id_of("/system.slice/a.service/sub");

	expect(id, "/system.slice/a.service/sub", false);
	run("mkdir", "new");
	run("rmdir", "system.slice/a.service/sub");
	assert_int_equal(
		renameat(cgroups.root_fd, "new", cgroups.root_fd, "system.slice/a.service/sub"), 0);
	now += SECOND;
	expect(id, "/system.slice/a.service/sub", true);
	cgroups.walk_after = 0;
	expect(id_of("/system.slice/a.service/sub"), "/system.slice/a.service/sub", false);
}

TEST_WITH(test_never_seen, setup, teardown)
{
	uint64_t id = id_of("/system.slice/a.service/sub");

	run("rmdir", "system.slice/a.service/sub");
	expect(id, NULL, false);
	assert_int_equal(cgroups.walk_after > 0, true);
	now += 10 * SECOND;
	cgroups.walk_after = 0;
	expect(id, NULL, false);
	assert_int_equal(cgroups.walk_after, 0); /* there is no sense in another walk */
}

TEST_WITH(test_walks_are_rare, setup, teardown)
{
	cgroups.walk_after = UINT64_MAX;
	expect(id_of("/system.slice"), NULL, false);
	cgroups.walk_after = 0;
	expect(id_of("/system.slice"), "/system.slice", false);
}

/* With all slots taken a new one takes the place of one that was not asked for since. */
TEST(test_full)
{
	static struct cgroups many;
	size_t named = 0, unnamed = 0;
	char path[32];

	cgroups_init(&many, -1);
	for (uint64_t id = 1; id <= 8 * CGROUPS_MAX; id++) {
		snprintf(path, sizeof(path), "/%llu", (unsigned long long)id);
		cgroups_seen(&many, id, path, 0);
	}
	for (size_t i = 0; i < CGROUPS_MAX; i++)
		named += many.slots[i].state == CGROUP_KNOWN;
	assert_int_equal(named, CGROUPS_MAX);
	for (uint64_t id = 1; id <= 8 * CGROUPS_MAX; id++)
		cgroups_find(&many, (1ULL << 40) + id, 1);
	for (size_t i = 0; i < CGROUPS_MAX; i++)
		unnamed += many.slots[i].state == CGROUP_UNKNOWN;
	/* those without a name give way to each other, not the named ones to all of them */
	assert_in_range(unnamed, 1, CGROUPS_MAX / 2);
	cgroups_done(&many);
}

TEST(test_units)
{
	static const struct {
		const char *path, *unit;
	} rows[] = {
		{ "/", NULL }, { "/init.scope", "init.scope" },
		{ "/system.slice", "system.slice" },
		{ "/system.slice/a.service", "a.service" },
		{ "/system.slice/a.service/payload/deep", "a.service" },
		{ "/user.slice/user-1.slice/user@1.service/app.slice/b.scope/x", "b.scope" },
		{ "/system.slice/dev-sda.swap", "dev-sda.swap" },
		{ "/system.slice/_cpu.service", "cpu.service" },
		{ "/system.slice/__x.service", "_x.service" },
		{ "/docker/0123456789ab", NULL }, { "/.service", NULL }, { "/a.servicex", NULL },
		{ "/a.service.d", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len;
		const char *unit = unit_of_path(rows[i].path, &len);

		if (!rows[i].unit) {
			assert_null(unit);
			assert_int_equal(len, 0);
			continue;
		}
		assert_non_null(unit);
		assert_int_equal(len, strlen(rows[i].unit));
		assert_memory_equal(unit, rows[i].unit, len);
	}
}

static int hierarchy = -1;
static char real_name[40];

static int setup_real(void **state)
{
	hierarchy = cgroupfs_open();
	snprintf(real_name, sizeof(real_name), "bpflock test %d", (int)getpid());
	if (hierarchy >= 0 && mkdirat(hierarchy, real_name, 0755) < 0) {
		close(hierarchy);
		hierarchy = -1;
	}
	return 0;
}

static int teardown_real(void **state)
{
	if (hierarchy >= 0)
		unlinkat(hierarchy, real_name, AT_REMOVEDIR);
	close_fdp(&hierarchy);
	cgroups_done(&cgroups);
	return 0;
}

/* In the real hierarchy, by walking it and by handle where that is permitted. */
TEST_WITH(test_real, setup_real, teardown_real)
{
	char path[48];
	uint64_t id;

	if (hierarchy < 0)
		skip();
	snprintf(path, sizeof(path), "/%s", real_name);
	assert_int_equal(cgroupfs_id(hierarchy, path, &id), 0);
	for (int by_handle = 0; by_handle <= 1; by_handle++) {
		cgroups_init(&cgroups, dup(hierarchy));
		cgroups.by_handle = by_handle;
		expect(id, path, false);
		expect(1, "/", false);
		expect(1ULL << 60, NULL, false);
		if (!by_handle)
			cgroups_done(&cgroups);
	}
	unlinkat(hierarchy, real_name, AT_REMOVEDIR);
	now += SECOND;
	expect(id, path, true);
}
