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

/* set_up, tear_down: before and after this test; NULL: none */
#define TEST_WITH(name, set_up, tear_down)                                             \
	static void name(void **state);                                                \
	static void __attribute__((constructor)) name##_enter(void)                    \
	{                                                                              \
		test_add((struct CMUnitTest){ #name, name, set_up, tear_down, NULL }); \
	}                                                                              \
	static void name(void **state)

/* Before the first test of the file and after the last; NULL: none. */
#define TEST_GROUP(set_up, tear_down)                                   \
	static void __attribute__((constructor)) test_group_enter(void) \
	{                                                               \
		test_group(set_up, tear_down);                          \
	}

/* For these macros alone. */
void test_add(struct CMUnitTest test);
void test_group(CMFixtureFunction set_up, CMFixtureFunction tear_down);
