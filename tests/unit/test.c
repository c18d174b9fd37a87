// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"

#include <ftw.h>

static struct CMUnitTest tests[64];
static size_t n_tests;
static CMFixtureFunction group_set_up, group_tear_down;

void test_add(struct CMUnitTest test)
{
	if (n_tests == ARRAY_SIZE(tests))
		abort();
	tests[n_tests++] = test;
}

void test_group(CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
	group_set_up = set_up;
	group_tear_down = tear_down;
}

char test_directory[64];

int test_directory_make(void **state)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(test_directory, sizeof(test_directory), "%s/bpflock-test-XXXXXX",
		 tmp && strlen(tmp) < 32 ? tmp : "/tmp");
	return mkdtemp(test_directory) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

int test_directory_remove(void **state)
{
	return nftw(test_directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void test_shell(const char *format, ...)
{
	char line[1024];
	int n = snprintf(line, sizeof(line), "cd '%s' && { ", test_directory);
	va_list ap;

	va_start(ap, format);
	n += vsnprintf(line + n, sizeof(line) - n, format, ap);
	va_end(ap);
	snprintf(line + n, sizeof(line) - n, "; }");
	if (system(line) != 0)
		fail_msg("%s", line);
}

void test_file(const char *path, const char *text)
{
	CLEANUP(free_charp) char *whole = NULL;
	FILE *f;

	assert_true(asprintf(&whole, "%s/%s", test_directory, path) > 0);
	f = fopen(whole, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

int main(void)
{
	return _cmocka_run_group_tests(program_invocation_short_name, tests, n_tests, group_set_up,
				       group_tear_down);
}
