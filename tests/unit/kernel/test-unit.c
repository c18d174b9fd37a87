// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"
#include "unit.h"

struct row {
	const char *path;
	const char *unit; /* NULL: none */
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len;
		const char *unit = unit_of_manager(rows[i].path, &len);

		if (!rows[i].unit) {
			assert_null(unit);
			continue;
		}
		assert_non_null(unit);
		assert_int_equal(len, strlen(rows[i].unit));
		assert_memory_equal(unit, rows[i].unit, len);
	}
}

/* Names below a unit are chosen by whoever it is delegated to. */
TEST_ROWS(test_unit_of_manager, check, struct row,
	{ "/system.slice/cron.service", "cron.service" },
	{ "/system.slice/cron.service/forged.service", "cron.service" },
	{ "/a.slice/a-b.slice/c.scope", "c.scope" },
	{ "/init.scope", "init.scope" },
	{ "/system.slice/_cpu.service", "cpu.service" },
	{ "/user.slice/user-1000.slice/user@1000.service/app.slice/foo.scope", "user@1000.service" },
	{ "/system.slice/plain/cron.service", NULL },
	{ "/docker/cron.service", NULL },
	{ "/system.slice", NULL },
	{ "/", NULL },
	{ "", NULL },
	{ "relative.service", NULL },
	{ "/.service", NULL },
);
