/* SPDX-License-Identifier: GPL-2.0-only */
/* A table that counts changes by name, in bounded memory: what has no room goes into one further row. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define REPLAY_ROWS 4096

struct replay_row {
	char *name; /* owned; NULL: the further row */
	uint32_t old, new; /* enum bpflock_verdict */
	uint32_t id;	   /* from 0, in the order in which they came; REPLAY_ROWS: the further row */
	uint64_t count;
	int64_t newest; /* CLOCK_REALTIME, ns; 0: not known */
};

struct replay_table {
	struct replay_row *rows; /* owned: REPLAY_ROWS and the further one */
	size_t n;		 /* without that */
	uint32_t *places;	 /* owned: a hash table of 1 + row */
};

/* 0 or -ENOMEM. */
int replay_table_init(struct replay_table *t);
void replay_table_done(struct replay_table *t);

/* Finds the row of a name and a change, or makes it. NULL: out of memory. */
struct replay_row *replay_table_row(struct replay_table *t, const char *name, uint32_t old,
				    uint32_t new);

/* Adds so many decisions of that time to the row. */
void replay_table_count(struct replay_row *row, uint64_t count, int64_t time);

/* Sorts the rows; nothing is looked up after that. */
void replay_table_sort_by_count(struct replay_table *t);
void replay_table_sort_by_name(struct replay_table *t);
