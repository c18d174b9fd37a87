// SPDX-License-Identifier: GPL-2.0-only
/* A mount of the policy that is there and has no policy in it is told; others are not. */
#include <stdarg.h>

#include "test.h"
#include "container-mounts.h"
#include "message.h"

static char told[512];

PRINTF(1, 2)
void message_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(told, sizeof(told), fmt, ap);
	va_end(ap);
}

PRINTF(1, 2)
void message_hint(const char *fmt, ...)
{
}

static const char *said(const char *directory)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", test_directory, directory);
	told[0] = '\0';
	container_mounts_warn(path);
	return told;
}

TEST_IN_DIRECTORY(an_empty_directory_is_told)
{
	test_shell("mkdir -p empty pod/..2026");
	assert_non_null(strstr(said("empty"), "/empty: empty: no policy is read from it"));
	assert_non_null(strstr(said("pod"), "/pod: empty"));
	assert_string_equal(said("missing"), "");
	test_file("empty/bpflock.conf", "");
	assert_string_equal(said("empty"), "");
}

TEST_IN_DIRECTORY(a_directory_in_place_of_the_file_is_told)
{
	test_shell("mkdir -p etc/bpflock.conf");
	assert_non_null(strstr(said("etc"), "/etc/bpflock.conf: a directory, not a policy file"));
}
