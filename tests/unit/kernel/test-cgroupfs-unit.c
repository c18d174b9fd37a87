// SPDX-License-Identifier: GPL-2.0-only
/* The cgroups of units, by what "systemctl show" prints of them. */
#include <fcntl.h>

#include "test.h"
#include "cgroupfs-unit.h"
#include "unit.h"

struct row {
	const char *properties;
	const char *path; /* NULL: see outcome */
	enum cgroupfs_unit outcome;
};

static void check(const struct row *rows, size_t n)
{
	int wrong = 0;

	for (size_t i = 0; i < n; i++) {
		CLEANUP(free_charp) char *copy = strdup(rows[i].properties);
		char path[PATH_MAX] = "";
		enum cgroupfs_unit r = cgroupfs_unit_path(copy, path);

		if (r != rows[i].outcome || (rows[i].path && strcmp(path, rows[i].path) != 0)) {
			print_error("%s: %d, %s\n", rows[i].properties, r, path);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

#define SLICE(name)	  "Id=" name "\nLoadState=loaded\nControlGroup=\nSlice=\n"
#define UNIT(name, slice) "Id=" name "\nSlice=" slice "\nControlGroup=\nLoadState=loaded\n"

TEST_ROWS(a_unit_that_runs_is_where_the_manager_says, check, struct row,
	/* by an alias, in a slice of its own, a template's instance */
	{ "Id=ssh.service\nLoadState=loaded\nControlGroup=/system.slice/ssh.service\nSlice=system.slice\n",
	  "/system.slice/ssh.service" },
	{ "Id=db.service\nSlice=big.slice\nControlGroup=/big.slice/db.service\nLoadState=loaded\n",
	  "/big.slice/db.service" },
	/* whose file was removed or masked meanwhile */
	{ "Id=x.service\nLoadState=not-found\nControlGroup=/system.slice/x.service",
	  "/system.slice/x.service" },
	{ "Id=x.scope\nLoadState=masked\nControlGroup=/user.slice/x.scope",
	  "/user.slice/x.scope" },
	{ "Id=-.slice\nLoadState=loaded\nControlGroup=/\n", "/" },
	{ "warning on standard error\nControlGroup=/a", "/a" },
	{ "ControlGroup=a", NULL, CGROUPFS_UNIT_INVALID })

TEST_ROWS(one_that_does_not_is_expected_in_its_slice, check, struct row,
	{ UNIT("a.service", "system.slice"), "/system.slice/a.service" },
	{ UNIT("a.service", "big-db.slice"), "/big.slice/big-db.slice/a.service" },
	{ UNIT("a@b.service", "mine.slice"), "/mine.slice/a@b.service" },
	{ UNIT("a@b.service", "system-a.slice"),
	  "/system.slice/system-a.slice/a@b.service" },
	{ UNIT("a@b.service", "system-a\\x2db.slice"),
	  "/system.slice/system-a\\x2db.slice/a@b.service" },
	{ UNIT("init.scope", "-.slice"), "/init.scope" },
	{ UNIT("boot-efi.mount", "system.slice"), "/system.slice/boot-efi.mount" },
	/* what a file of cgroupfs could be called */
	{ UNIT("cgroup.service", "system.slice"), "/system.slice/_cgroup.service" },
	{ UNIT("cpu.socket", "system.slice"), "/system.slice/_cpu.socket" },
	{ UNIT("_a.service", "system.slice"), "/system.slice/__a.service" },
	{ UNIT("cpus.service", "system.slice"), "/system.slice/cpus.service" },
	{ SLICE("a-b-c.slice"), "/a.slice/a-b.slice/a-b-c.slice" },
	{ SLICE("user-1000.slice"), "/user.slice/user-1000.slice" },
	{ SLICE("a\\x2db-c.slice"), "/a\\x2db.slice/a\\x2db-c.slice" },
	{ SLICE("-a.slice"), NULL, CGROUPFS_UNIT_INVALID },
	{ SLICE("a--b.slice"), NULL, CGROUPFS_UNIT_INVALID },
	{ UNIT("a.service", ""), NULL, CGROUPFS_UNIT_INVALID },
	{ UNIT("a.service", "b.service"), NULL, CGROUPFS_UNIT_INVALID },
	{ UNIT("a.service", "../x.slice"), NULL, CGROUPFS_UNIT_INVALID },
	{ UNIT("a.timer", "system.slice"), NULL, CGROUPFS_UNIT_INVALID },
	{ UNIT("a/../b.service", "system.slice"), NULL, CGROUPFS_UNIT_INVALID },
	{ "LoadState=loaded", NULL, CGROUPFS_UNIT_INVALID })

TEST_ROWS(one_that_is_not_there_is_unknown, check, struct row,
	{ "Id=x.service\nLoadState=not-found\nControlGroup=\nSlice=system.slice", NULL,
	  CGROUPFS_UNIT_UNKNOWN },
	{ "Id=x.service\nLoadState=masked\nControlGroup=", NULL, CGROUPFS_UNIT_UNKNOWN },
	{ "Id=x.service\nLoadState=bad-setting\nControlGroup=", NULL,
	  CGROUPFS_UNIT_UNKNOWN },
	{ "", NULL, CGROUPFS_UNIT_UNKNOWN })

TEST(names_that_are_no_unit_with_a_cgroup_are_refused)
{
	static const char *const units[] = {
		"", ".service", "ssh.Service", "ssh.service ",
		/* units of types without a cgroup of their own */
		"multi-user.target", "apt.timer", "dev-sda.device",
		/* paths, and options of systemctl */
		"/ssh.service",
		"../x.service",
		/* a template is no unit that runs, and an instance has a template */
		"getty@.service", "@.service", "@x.service",
		/* systemd.unit(5): letters, digits and :-_.\ */
		"a b.service", "a\nb.service", "a*.service",
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		char *path = NULL;
		bool exists;
		int r = cgroupfs_unit_find(AT_FDCWD, units[i], &path, &exists);

		if (r != CGROUPFS_UNIT_INVALID)
			fail_msg("\"%s\": %d", units[i], r);
		assert_null(path);
	}
}

TEST(a_name_without_a_type_is_a_service)
{
	static const char *const rows[][2] = {
		{ "cron", "cron.service" }, { "a@b", "a@b.service" }, { "a.b", "a.b.service" },
		{ "x.slice", "x.slice" }, { "x.timer", "x.timer" },
		{ ".service", ".service.service" }, { "x.service.d", "x.service.d.service" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *unit = unit_complete(rows[i][0]);

		assert_string_equal(unit, rows[i][1]);
	}
}
