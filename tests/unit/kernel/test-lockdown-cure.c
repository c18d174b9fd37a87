// SPDX-License-Identifier: GPL-2.0-only
/* Where kernel Lockdown was switched on, by EFI variables and the command line, and what ends it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lockdown-cure.h"
#include "util.h"

#define VARIABLES "/sys/firmware/efi/efivars"

static void put(const char *root, const char *name, const char *byte)
{
	char path[PATH_MAX];
	int fd;

	if (!byte)
		return;
	snprintf(path, sizeof(path), "%s" VARIABLES "/%s", root, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "\6\0\0\0", 4), 4);
	assert_int_equal(write(fd, byte, 1), 1);
	close(fd);
}

static void the_variables_tell_secure_boot(void **state)
{
	static const struct {
		bool efi;
		const char *secure_boot, *mok; /* NULL: there is no such variable */
		enum secure_boot expected;
	} rows[] = {
		{ false, NULL, NULL, SECURE_BOOT_OFF }, { true, NULL, NULL, SECURE_BOOT_UNKNOWN },
		{ true, "\0", NULL, SECURE_BOOT_OFF },	{ true, "\1", NULL, SECURE_BOOT_ON },
		{ true, "\1", "\0", SECURE_BOOT_ON },	{ true, "\1", "\1", SECURE_BOOT_OFF },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		static const char *const directories[] = { "/sys", "/sys/firmware",
							   "/sys/firmware/efi", VARIABLES };
		char root[] = "/tmp/test-lockdown-cure-XXXXXX", command[64];

		assert_non_null(mkdtemp(root));
		for (size_t k = 0; rows[i].efi && k < ARRAY_SIZE(directories); k++) {
			char path[PATH_MAX];

			snprintf(path, sizeof(path), "%s%s", root, directories[k]);
			assert_int_equal(mkdir(path, 0700), 0);
		}
		put(root, "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", rows[i].secure_boot);
		put(root, "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23", rows[i].mok);
		if (lockdown_cure_secure_boot(root) != rows[i].expected)
			fail_msg("row %zu: %d", i, lockdown_cure_secure_boot(root));
		snprintf(command, sizeof(command), "rm -r %s", root);
		assert_int_equal(system(command), 0); // NOLINT(cert-env33-c,concurrency-mt-unsafe)
	}
}

static void what_switched_it_on_is_what_is_to_end(void **state)
{
	static const struct {
		enum secure_boot secure_boot;
		const char *cmdline;
		const char *has, *has_not;
	} rows[] = {
		{ SECURE_BOOT_ON, "quiet\n", "turn Secure Boot off", "lockdown=" },
		{ SECURE_BOOT_ON, "quiet lockdown=integrity\n", "off in the firmware's setup",
		  "xx" },
		{ SECURE_BOOT_ON, "lockdown=integrity\n", "without lockdown=", "xx" },
		{ SECURE_BOOT_OFF, "lockdown=confidentiality quiet\n",
		  "without lockdown=", "Secure Boot" },
		/* a word that the kernel does not know does nothing */
		{ SECURE_BOOT_OFF, "lockdown=none\n", "/sys/kernel/security/lockdown", "without" },
		{ SECURE_BOOT_OFF, "quiet\n", "/sys/kernel/security/lockdown", "Secure Boot" },
		{ SECURE_BOOT_UNKNOWN, "lockdown=integrity\n", "without lockdown=", "Secure Boot" },
		{ SECURE_BOOT_UNKNOWN, "quiet\n", "dmesg", "Secure Boot" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *cure = lockdown_cure_of(rows[i].secure_boot, rows[i].cmdline);

		if (!strstr(cure, rows[i].has) || strstr(cure, rows[i].has_not))
			fail_msg("row %zu: %s", i, cure);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_variables_tell_secure_boot),
		cmocka_unit_test(what_switched_it_on_is_what_is_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
