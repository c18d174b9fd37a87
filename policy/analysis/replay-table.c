// SPDX-License-Identifier: GPL-2.0-only
#include "replay-table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PLACES (4 * REPLAY_ROWS) /* a power of two */

int replay_table_init(struct replay_table *t)
{
	*t = (struct replay_table){
		.rows = calloc(REPLAY_ROWS + 1, sizeof(*t->rows)),
		.places = calloc(PLACES, sizeof(*t->places)),
	};
	if (!t->rows || !t->places) {
		replay_table_done(t);
		return -ENOMEM;
	}
	t->rows[REPLAY_ROWS].id = REPLAY_ROWS;
	return 0;
}

void replay_table_done(struct replay_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i].name);
	free(t->rows);
	free(t->places);
	*t = (struct replay_table){};
}

/* The hash is FNV-1a, its high bits folded into the low ones. */
static uint32_t hash(const char *name, uint32_t old, uint32_t new)
{
	uint32_t h = 2166136261U ^ (old << 8 | new);

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619U;
	return h ^ h >> 15;
}

struct replay_row *replay_table_row(struct replay_table *t, const char *name, uint32_t old,
				    uint32_t new)
{
	uint32_t place = hash(name, old, new) % PLACES;
	struct replay_row *row;

	for (; t->places[place]; place = (place + 1) % PLACES) {
		row = &t->rows[t->places[place] - 1];
		if (row->old == old && row->new == new && strcmp(row->name, name) == 0)
			return row;
	}
	if (t->n == REPLAY_ROWS)
		return &t->rows[REPLAY_ROWS];
	row = &t->rows[t->n];
	row->name = strdup(name);
	if (!row->name)
		return NULL;
	row->old = old;
	row->new = new;
	row->id = t->n++;
	t->places[place] = t->n;
	return row;
}

void replay_table_count(struct replay_row *row, uint64_t count, int64_t time)
{
	row->count += count;
	if (time > row->newest)
		row->newest = time;
}

static int by_name(const void *a, const void *b)
{
	const struct replay_row *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return x->old != y->old ? (x->old > y->old) - (x->old < y->old)
				: (x->new > y->new) - (x->new < y->new);
}

static int by_count(const void *a, const void *b)
{
	const struct replay_row *x = a, *y = b;

	return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : by_name(a, b);
}

void replay_table_sort_by_count(struct replay_table *t)
{
	qsort(t->rows, t->n, sizeof(*t->rows), by_count);
}

void replay_table_sort_by_name(struct replay_table *t)
{
	qsort(t->rows, t->n, sizeof(*t->rows), by_name);
}
