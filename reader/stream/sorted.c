// SPDX-License-Identifier: GPL-2.0-only
#include "sorted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

struct sorted_event {
	uint64_t time;
	size_t at;   /* in s->bytes */
	size_t size; /* of the record; 0: the reader's own event stands there */
};

void sorted_done(struct sorted *s)
{
	free(s->events);
	free(s->bytes);
	*s = (struct sorted){};
}

/* Room for `more` bytes behind the first len of *array. */
static bool grow(void *array, size_t len, size_t more, size_t *size)
{
	void *old, *bigger;
	size_t wanted = *size ?: 65536;

	while (wanted - len < more)
		wanted *= 2;
	if (wanted == *size)
		return true;
	memcpy(&old, array, sizeof(old));
	bigger = realloc(old, wanted);
	if (!bigger)
		return false;
	memcpy(array, &bigger, sizeof(bigger));
	*size = wanted;
	return true;
}

void sorted_add(struct sorted *s, const struct event *e)
{
	size_t size = e->record ? e->head.size : sizeof(*e);

	if (!grow(&s->events, s->n * sizeof(*s->events), sizeof(*s->events), &s->events_size) ||
	    !grow(&s->bytes, s->len, size, &s->size)) {
		s->error = -ENOMEM;
		return;
	}
	memcpy(s->bytes + s->len, e->record ?: e, size);
	s->events[s->n++] = (struct sorted_event){ e->head.time, s->len, e->record ? size : 0 };
	s->len += size;
}

/* Events of the same time stay in the order in which they came. */
static int compare(const void *a, const void *b)
{
	const struct sorted_event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

void sorted_sort(struct sorted *s)
{
	if (s->n)
		qsort(s->events, s->n, sizeof(*s->events), compare);
}

struct event sorted_at(const struct sorted *s, size_t i)
{
	const struct sorted_event *entry = &s->events[i];
	struct event e = {};

	if (entry->size)
		decode_record(s->bytes + entry->at, entry->size, &e);
	else
		memcpy(&e, s->bytes + entry->at, sizeof(e));
	return e;
}
