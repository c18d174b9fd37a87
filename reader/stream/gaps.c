// SPDX-License-Identifier: GPL-2.0-only
#include "gaps.h"

#include <string.h>

void gaps_init(struct gaps *g, uint64_t highest)
{
	g->highest = highest;
	g->lost = 0;
	g->n = 0;
}

static void open_gap(struct gaps *g, uint64_t from, uint64_t to, uint64_t position)
{
	struct gap *last = &g->items[GAPS_MAX - 1];

	if (g->n < GAPS_MAX) {
		g->items[g->n++] = (struct gap){ from, to, to - from + 1, position };
		return;
	}
	/* the newest range takes it in: it alone waits longer, those before it make room soon */
	last->to = to;
	last->missing += to - from + 1;
	last->position = position;
}

void gaps_expect(struct gaps *g, uint64_t seq, uint64_t position)
{
	if (seq <= g->highest)
		return;
	open_gap(g, g->highest + 1, seq, position);
	g->highest = seq;
}

static void remove_gap(struct gaps *g, size_t i)
{
	g->n--;
	memmove(&g->items[i], &g->items[i + 1], (g->n - i) * sizeof(g->items[0]));
}

/* Splits items[i] at seq, which leaves others in it. */
static void take_from(struct gaps *g, size_t i, uint64_t seq)
{
	struct gap *gap = &g->items[i];
	bool whole = gap->missing == gap->to - gap->from + 1;

	gap->missing--;
	if (!whole)
		return;
	if (seq == gap->from) {
		gap->from++;
	} else if (seq == gap->to) {
		gap->to--;
	} else if (g->n < GAPS_MAX) {
		memmove(gap + 1, gap, (g->n - i) * sizeof(*gap));
		g->n++;
		gap[0].to = seq - 1;
		gap[0].missing = gap[0].to - gap[0].from + 1;
		gap[1].from = seq + 1;
		gap[1].missing = gap[1].to - gap[1].from + 1;
	}
}

static bool fill(struct gaps *g, uint64_t seq)
{
	size_t low = 0, high = g->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (g->items[middle].to < seq)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == g->n || g->items[low].from > seq)
		return false;
	if (g->items[low].missing == 1)
		remove_gap(g, low);
	else
		take_from(g, low, seq);
	return true;
}

bool gaps_arrived(struct gaps *g, uint64_t seq, uint64_t position)
{
	if (seq <= g->highest)
		return fill(g, seq);
	if (seq > g->highest + 1)
		open_gap(g, g->highest + 1, seq - 1, position);
	g->highest = seq;
	return true;
}

bool gaps_settle(struct gaps *g, uint64_t consumed, struct loss *ret_loss)
{
	struct loss loss = {};
	size_t n = 0;

	while (n < g->n && g->items[n].position <= consumed)
		loss.count += g->items[n++].missing;
	if (n == 0)
		return false;
	loss.first = g->items[0].from;
	loss.last = g->items[n - 1].to;
	g->n -= n;
	memmove(g->items, &g->items[n], g->n * sizeof(g->items[0]));
	g->lost += loss.count;
	*ret_loss = loss;
	return true;
}

uint64_t gaps_accounted(const struct gaps *g)
{
	uint64_t n = g->highest;

	for (size_t i = 0; i < g->n; i++)
		n -= g->items[i].missing;
	return n;
}

uint64_t gaps_horizon(const struct gaps *g)
{
	return g->n ? g->items[g->n - 1].position : 0;
}
