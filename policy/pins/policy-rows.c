// SPDX-License-Identifier: GPL-2.0-only
#include "policy-rows.h"

#include <errno.h>
#include <string.h>

#include "grants.h"
#include "util.h"

void policy_rows_done(struct policy_rows *b)
{
	free(b->rules);
	free(b->nodes);
	free(b->rows);
	free(b->ends);
	free(b->grants);
	*b = (struct policy_rows){};
}

/* A path has a row of its own: a rule's, a grant's, or both. */
struct entry {
	const char *path;
	const struct rule *rule;
	uint32_t row;
};

/* The end of a path, then the end of a component, then every byte that a name can have. */
static int rank(char c)
{
	return c == '\0' ? 0 : c == '/' ? 1 : (unsigned char)c + 1;
}

/* Component by component, so that a parent comes right before what is below it. */
static int compare_paths(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return rank(*a) - rank(*b);
}

static int by_path(const void *a, const void *b)
{
	return compare_paths(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

/* Sorted, and each path once. The host's rule set needs no row. */
static size_t collect(const struct policy *p, struct entry *entries)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		entries[n++] = (struct entry){ p->rules[i]->path, p->rules[i], 0 };
	for (size_t i = 0; i < p->n_grants; i++)
		if (strcmp(p->grants[i].path, "/") != 0)
			entries[n++] = (struct entry){ p->grants[i].path, NULL, 0 };
	qsort(entries, n, sizeof(*entries), by_path);
	for (size_t i = 0; i < n; i++) {
		if (!kept || strcmp(entries[kept - 1].path, entries[i].path) != 0)
			entries[kept++] = entries[i];
		else if (entries[i].rule)
			entries[kept - 1].rule = entries[i].rule;
	}
	return kept;
}

/* A part of a path that one row of the tree is for: a name, or a piece of a long one. */
struct piece {
	const char *text;
	size_t len;
};

/* From one piece to the next; before the first: the path, and a length of 0. False at the end. */
static bool next_piece(struct piece *p)
{
	const char *at = p->text + p->len;

	if (p->len < BPFLOCK_PIECE_MAX) { /* it was the last of its name */
		if (!*at)
			return false;
		at++;
	}
	p->text = at;
	p->len = strcspn(at, "/");
	if (p->len > BPFLOCK_PIECE_MAX)
		p->len = BPFLOCK_PIECE_MAX;
	return true;
}

/* Returns how many pieces two paths begin with alike. */
static uint32_t common_depth(const char *a, const char *b)
{
	struct piece x = { a, 0 }, y = { b, 0 };
	uint32_t depth = 0;

	while (next_piece(&x) && next_piece(&y) && x.len == y.len &&
	       memcmp(x.text, y.text, x.len) == 0)
		depth++;
	return depth;
}

/* Rows for the n entries and for what is above them; without b->nodes they are only counted. */
static void grow_tree(struct policy_rows *b, struct entry *entries, size_t n)
{
	uint32_t above[BPFLOCK_PIECES_MAX + 1] = { 0 }; /* the rows on the way to the last path */
	const char *last = "";

	b->n = 1;
	for (size_t i = 0; i < n; i++) {
		struct piece p = { entries[i].path, 0 };
		uint32_t common = common_depth(last, p.text), depth = 0;

		while (next_piece(&p)) {
			if (++depth <= common)
				continue;
			above[depth] = b->n++;
			if (!b->nodes)
				continue;
			b->nodes[above[depth]].parent = above[depth - 1];
			memcpy(b->nodes[above[depth]].name, p.text, p.len);
		}
		entries[i].row = above[depth];
		last = entries[i].path;
	}
}

static void fill_rules(struct policy_rows *b, const struct entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct bpflock_rule *row = &b->rules[entries[i].row];
		const struct rule *rule = entries[i].rule;

		if (!rule)
			continue;
		row->rules = rule->rules;
		row->flags = BPFLOCK_RULE_SET | (rule->runtime ? BPFLOCK_RULE_RUNTIME : 0) |
			     (rule->like_host ? BPFLOCK_RULE_LIKE_HOST : 0) |
			     rule->keys << BPFLOCK_RULE_KEYS_SHIFT;
		row->own_block = rule->own_block;
		row->own_allow = rule->own_allow;
		memcpy(row->source, rule->source, sizeof(row->source));
	}
}

static uint32_t row_of(const struct entry *entries, size_t n, const char *path)
{
	struct entry key = { .path = path };
	const struct entry *found = n ? bsearch(&key, entries, n, sizeof(key), by_path) : NULL;

	return found ? found->row : 0;
}

/* Grants hang on rows; those of the host's rule set on the host. */
static void hang_grants(struct policy_rows *b, const struct policy *p, const struct entry *entries,
			size_t n, struct bpflock_policy *host)
{
	for (size_t i = 0; i < p->n_grants; i++) {
		const struct grant *g = &p->grants[i];
		struct bpflock_grant *to = &b->grants[b->n_grants++];
		uint32_t row = row_of(entries, n, g->path);
		__u64 *granted = row ? &b->rules[row].granted : &host->granted;

		*to = (struct bpflock_grant){ .operations = g->operations,
					      .given = g->given,
					      .expires = g->expires,
					      .id = g->id,
					      .row = row,
					      .uid = g->uid };
		memcpy(to->note, g->note, sizeof(to->note));
		if (*granted) /* another grant of this path was here before */
			continue;
		*granted = grants_ends(p, g->path, &b->ends[b->n_ends]);
		*(row ? &b->rules[row].ends : &host->ends) = b->n_ends++;
	}
}

static uint32_t longest_path(const struct entry *entries, size_t n)
{
	uint32_t depth = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t own = policy_path_depth(entries[i].path);

		if (own > depth)
			depth = own;
	}
	return depth;
}

static int allocate(struct policy_rows *b, size_t n_grants)
{
	b->rules = calloc(b->n, sizeof(*b->rules));
	b->nodes = calloc(b->n, sizeof(*b->nodes));
	b->rows = calloc(b->n, sizeof(*b->rows));
	b->ends = calloc(n_grants + 1, sizeof(*b->ends));
	b->grants = calloc(n_grants + 1, sizeof(*b->grants));
	return b->rules && b->nodes && b->rows && b->ends && b->grants ? 0 : -ENOMEM;
}

int policy_rows_make(const struct policy *p, struct bpflock_policy *host,
		     struct policy_rows *ret_bank)
{
	struct entry *entries = calloc(p->n_rules + p->n_grants + 1, sizeof(*entries));
	struct policy_rows b = {};
	size_t n;

	if (!entries)
		return -ENOMEM;
	n = collect(p, entries);
	grow_tree(&b, entries, n);
	if (allocate(&b, p->n_grants) < 0) {
		policy_rows_done(&b);
		free(entries);
		return -ENOMEM;
	}
	grow_tree(&b, entries, n);
	for (uint32_t i = 0; i < b.n; i++)
		b.rows[i] = i;
	fill_rules(&b, entries, n);
	hang_grants(&b, p, entries, n, host);
	host->depth = longest_path(entries, n);
	host->strictest = policy_strictest(p);
	host->n_rows = b.n;
	host->n_grants = b.n_grants;
	free(entries);
	*ret_bank = b;
	return 0;
}

/* Returns the length of the piece of a row; -1 if there is no such row, or no end of its text. */
static ssize_t piece_len(const struct policy_rows *b, uint32_t row)
{
	size_t len = row < b->n ? strnlen(b->nodes[row].name, sizeof(b->nodes[row].name)) : 0;

	return row < b->n && len <= BPFLOCK_PIECE_MAX ? (ssize_t)len : -1;
}

/* Returns whether the name goes on below the row. */
static bool is_continued(const struct policy_rows *b, uint32_t row)
{
	return row && piece_len(b, row) == BPFLOCK_PIECE_MAX;
}

bool policy_rows_path(const struct policy_rows *b, uint32_t row, char ret_path[PATH_MAX])
{
	char *start = ret_path + PATH_MAX - 1;

	*start = '\0';
	if (is_continued(b, row))
		return false;
	for (unsigned int depth = 0; row; depth++, row = b->nodes[row].parent) {
		ssize_t len = piece_len(b, row);
		bool more = len >= 0 && is_continued(b, b->nodes[row].parent);

		if (depth >= BPFLOCK_PIECES_MAX || len < !more || start - ret_path < len + 1)
			return false;
		start -= len;
		memcpy(start, b->nodes[row].name, len);
		if (!more)
			*--start = '/';
	}
	if (!*start)
		*--start = '/';
	memmove(ret_path, start, strlen(start) + 1);
	return true;
}

static int unpack_rules(const struct policy_rows *b, struct policy *p)
{
	char path[PATH_MAX];

	for (uint32_t row = 1; row < b->n; row++) {
		struct rule *r;

		if (!(b->rules[row].flags & BPFLOCK_RULE_SET))
			continue;
		if (!policy_rows_path(b, row, path))
			return -EUCLEAN;
		r = policy_add_rule(p, path);
		if (!r)
			return -ENOMEM;
		r->rules = b->rules[row].rules;
		r->runtime = b->rules[row].flags & BPFLOCK_RULE_RUNTIME;
		r->profile_given = true;
		r->like_host = b->rules[row].flags & BPFLOCK_RULE_LIKE_HOST;
		r->keys = b->rules[row].flags >> BPFLOCK_RULE_KEYS_SHIFT;
		r->own_block = b->rules[row].own_block;
		r->own_allow = b->rules[row].own_allow;
		snprintf(r->source, sizeof(r->source), "%.*s", BPFLOCK_SOURCE_LEN - 1,
			 b->rules[row].source);
	}
	return 0;
}

static int unpack_grants(const struct policy_rows *b, struct policy *p)
{
	char path[PATH_MAX];

	for (uint32_t i = 0; i < b->n_grants; i++) {
		const struct bpflock_grant *from = &b->grants[i];
		struct grant g = { .id = from->id,
				   .path = path,
				   .operations = from->operations,
				   .given = from->given,
				   .expires = from->expires,
				   .uid = from->uid };

		if (!policy_rows_path(b, from->row, path))
			return -EUCLEAN;
		snprintf(g.note, sizeof(g.note), "%.*s", BPFLOCK_NOTE_LEN - 1, from->note);
		if (!policy_put_grant(p, &g))
			return -ENOMEM;
	}
	return 0;
}

int policy_rows_unpack(const struct policy_rows *b, struct policy *p)
{
	int r = unpack_rules(b, p);

	return r < 0 ? r : unpack_grants(b, p);
}
