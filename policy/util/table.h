/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables for people: columns below their heads, as wide as their longest cell. If the line has no
 * room for all, the widest columns of paths and words give way: paths lose their beginning, words
 * go on below.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "util.h"

enum table_kind {
	TABLE_TEXT,   /* stays whole */
	TABLE_NUMBER, /* the same, at the right of its column */
	TABLE_PATH,
	TABLE_WORDS,
};

struct table_column {
	const char *head;
	enum table_kind kind;
};

#define TABLE_COLUMNS_MAX 8

struct table;

/* The columns, at most TABLE_COLUMNS_MAX, stay the caller's. Returns NULL if there is no memory. */
struct table *table_new(const struct table_column *columns, size_t n);
struct table *table_free(struct table *t);
void table_freep(struct table **t);

/* Adds the next cell, row by row. text: of anybody, it is escaped. */
void table_add(struct table *t, const char *text);
void table_addf(struct table *t, const char *fmt, ...) PRINTF(2, 3);

/* Prints the head, which is bold if f is coloured, and all rows that are whole. */
void table_print(const struct table *t, FILE *f);
