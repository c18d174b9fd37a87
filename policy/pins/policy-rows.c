// SPDX-License-Identifier: GPL-2.0-only
#include "policy-rows.h"

#include <errno.h>
#include <string.h>

#include "grants.h"
#include "strictness.h"
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

/* A path has a row of its own: a rule's, a grant's, that of one that is gone, or all of these. */
struct entry {
	const char *path;
	const struct rule *rule;
	bool gone;
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

/* Sorts entries, and leaves each path once. */
static size_t sort(struct entry *entries, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(entries, n, sizeof(*entries), by_path);
	for (size_t i = 0; i < n; i++) {
		if (!kept || strcmp(entries[kept - 1].path, entries[i].path) != 0)
			entries[kept++] = entries[i];
		else if (entries[i].gone)
			entries[kept - 1].gone = true;
	}
	return kept;
}

static size_t collect_rules(const struct policy *p, enum policy_rows_of of, struct entry *entries)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		if (of == POLICY_ROWS_OF_ALL || p->rules[i]->like_host == (of == POLICY_ROWS_OF_OWN))
			entries[n++] = (struct entry){ .path = p->rules[i]->path, .rule = p->rules[i] };
	return n;
}

/* The host's rule set needs no row. */
static size_t collect(const struct policy *p, enum policy_rows_of of, struct entry *entries)
{
	size_t n = collect_rules(p, of, entries);

	for (size_t i = 0; of != POLICY_ROWS_OF_BASE && i < p->n_grants; i++) {
		const char *path = p->grants[i].path;

		if (strcmp(path, "/") != 0)
			entries[n++] = (struct entry){ .path = path, .rule = policy_find_rule(p, path) };
	}
	for (size_t i = 0; of != POLICY_ROWS_OF_BASE && i < p->n_gone; i++)
		entries[n++] = (struct entry){ .path = p->gone[i],
					       .rule = policy_find_rule(p, p->gone[i]),
					       .gone = true };
	return sort(entries, n);
}

bool policy_rows_next_piece(struct policy_rows_piece *p)
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
	struct policy_rows_piece x = { a, 0 }, y = { b, 0 };
	uint32_t depth = 0;

	while (policy_rows_next_piece(&x) && policy_rows_next_piece(&y) && x.len == y.len &&
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
		struct policy_rows_piece p = { entries[i].path, 0 };
		uint32_t common = common_depth(last, p.text), depth = 0;

		while (policy_rows_next_piece(&p)) {
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

		row->flags = entries[i].gone ? BPFLOCK_RULE_GONE : 0;
		if (!rule)
			continue;
		row->rules = rule->rules;
		row->flags |= BPFLOCK_RULE_SET | (rule->runtime ? BPFLOCK_RULE_RUNTIME : 0) |
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

static uint32_t longest_path(const struct entry *entries, size_t n, uint32_t depth)
{
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

int policy_rows_make(const struct policy *p, enum policy_rows_of of, struct bpflock_policy *host,
		     struct policy_rows *ret_bank)
{
	struct entry *entries = calloc(p->n_rules + p->n_grants + p->n_gone + 1, sizeof(*entries));
	size_t n_grants = of == POLICY_ROWS_OF_BASE ? 0 : p->n_grants;
	struct policy_rows b = {};
	size_t n;

	if (!entries)
		return -ENOMEM;
	n = collect(p, of, entries);
	grow_tree(&b, entries, n);
	if (allocate(&b, n_grants) < 0) {
		policy_rows_done(&b);
		free(entries);
		return -ENOMEM;
	}
	grow_tree(&b, entries, n);
	for (uint32_t i = 0; i < b.n; i++)
		b.rows[i] = i;
	fill_rules(&b, entries, n);
	if (of == POLICY_ROWS_OF_BASE) {
		b.rules[0].rules = strictness_of_base(p);
		host->n_base = b.n;
	} else {
		hang_grants(&b, p, entries, n, host);
		host->n_rows = b.n;
		host->n_grants = b.n_grants;
	}
	host->depth = longest_path(entries, n, host->depth);
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

struct rule *policy_rows_unpack_rule(const struct bpflock_rule *row, const char *path,
				     struct policy *p)
{
	struct rule *r = policy_add_rule(p, path);

	if (!r)
		return NULL;
	r->rules = row->rules;
	r->runtime = row->flags & BPFLOCK_RULE_RUNTIME;
	r->profile_given = true;
	r->like_host = row->flags & BPFLOCK_RULE_LIKE_HOST;
	r->keys = row->flags >> BPFLOCK_RULE_KEYS_SHIFT;
	r->own_block = row->own_block;
	r->own_allow = row->own_allow;
	snprintf(r->source, sizeof(r->source), "%.*s", BPFLOCK_SOURCE_LEN - 1, row->source);
	return r;
}

static int unpack_rules(const struct policy_rows *b, struct policy *p)
{
	char path[PATH_MAX];

	for (uint32_t row = 1; row < b->n; row++) {
		uint32_t flags = b->rules[row].flags;

		if (!(flags & (BPFLOCK_RULE_SET | BPFLOCK_RULE_GONE)))
			continue;
		if (!policy_rows_path(b, row, path))
			return -EUCLEAN;
		if ((flags & BPFLOCK_RULE_SET) && !policy_rows_unpack_rule(&b->rules[row], path, p))
			return -ENOMEM;
		if ((flags & BPFLOCK_RULE_GONE) && policy_put_gone(p, path) < 0)
			return -ENOMEM;
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
