/* SPDX-License-Identifier: GPL-2.0-only */
/* Unit tests are TEST(name) { ... } and enter themselves, so that none is left out of a list. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define TEST(name) TEST_WITH(name, NULL, NULL)

/* A fixture is set up before this test and torn down after it; NULL: none. */
#define TEST_WITH(name, set_up, tear_down)                                             \
	static void name(void **state);                                                \
	static void __attribute__((constructor)) name##_enter(void)                    \
	{                                                                              \
		test_add((struct CMUnitTest){ #name, name, set_up, tear_down, NULL }); \
	}                                                                              \
	static void name(void **state)

/* A test in an empty directory of its own, test_directory, which goes with all that is in it. */
#define TEST_IN_DIRECTORY(name) TEST_WITH(name, test_directory_make, test_directory_remove)

/* A test that has check(rows, number of rows) look at these rows of a type. */
#define TEST_ROWS(name, check, type, ...) \
	TEST_ROWS_WITH(name, NULL, NULL, check, type, __VA_ARGS__)
#define TEST_ROWS_WITH(name, set_up, tear_down, check, type, ...) \
	TEST_WITH(name, set_up, tear_down)                        \
	{                                                         \
		static const type rows[] = { __VA_ARGS__ };       \
                                                                  \
		check(rows, ARRAY_SIZE(rows));                    \
	}

/* Before the first test of the file and after the last; NULL: none. */
#define TEST_GROUP(set_up, tear_down)                                   \
	static void __attribute__((constructor)) test_group_enter(void) \
	{                                                               \
		test_group(set_up, tear_down);                          \
	}

/* For these macros alone. */
void test_add(struct CMUnitTest test);
void test_group(CMFixtureFunction set_up, CMFixtureFunction tear_down);

extern char test_directory[64];
int test_directory_make(void **state);
int test_directory_remove(void **state);

/* Runs a line of shell in test_directory; the test fails if that does. */
void __attribute__((format(printf, 1, 2))) test_shell(const char *format, ...);

/* Writes a file there, whose folder exists. */
void test_file(const char *path, const char *text);
