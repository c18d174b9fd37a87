// SPDX-License-Identifier: GPL-2.0-only
#include "pins-bank.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "inner-map.h"
#include "util.h"

void pins_bank_empty(const struct pins_slots *slots, uint32_t bank)
{
	static const struct inner_kind *const kinds[] = { &inner_rules, &inner_ends, &inner_grants,
							  &inner_nodes };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		inner_map_remove(slots, kinds[i], bank);
	if (slots->sealed)
		inner_map_remove(slots, &inner_paths, bank);
}

int pins_bank_fill(const struct pins_slots *slots, uint32_t bank, bool base,
		   const struct policy_rows *b)
{
	int r = inner_map_enter_new(slots, &inner_rules, bank, NULL, b->rules, b->n, b->n);

	if (r == 0 && !base)
		r = inner_map_enter_new(slots, &inner_ends, bank, NULL, b->ends, b->n_ends,
					b->n_ends);
	if (r == 0 && !base)
		r = inner_map_enter_new(slots, &inner_grants, bank, NULL, b->grants, b->n_grants,
					b->n_grants);
	if (r == 0 && slots->sealed)
		r = inner_map_enter_new(slots, &inner_paths, bank, NULL, b->nodes, b->n, b->n);
	if (r == 0)
		r = inner_map_enter_new(slots, &inner_nodes, bank, b->nodes + 1, b->rows + 1,
					b->n - 1, b->n);
	return r;
}

/* The nodes in the order of their rows; the caller frees *ret. */
static int read_tree(const struct pins_slots *slots, uint32_t bank, uint32_t n, void **ret)
{
	struct bpflock_node *sorted = calloc((size_t)n + 1, sizeof(*sorted));
	CLEANUP(free_charp) char *nodes = NULL;
	CLEANUP(free_charp) char *rows = NULL;
	int count =
		sorted ? inner_map_read_hash(slots, &inner_nodes, bank, n, &nodes, &rows) : -ENOMEM;

	for (int i = 0; i < count; i++) {
		uint32_t row;

		memcpy(&row, rows + i * sizeof(row), sizeof(row));
		if (row < n)
			memcpy(&sorted[row], nodes + i * sizeof(*sorted), sizeof(*sorted));
	}
	if (count < 0)
		free(sorted);
	else
		*ret = sorted;
	return count;
}

static int read_rows(const struct pins_slots *slots, uint32_t bank, uint32_t n, uint32_t n_grants,
		     struct policy *p)
{
	struct policy_rows b = { .n = n, .n_grants = n_grants };
	void *nodes = NULL, *rules = NULL, *grants = NULL;
	int r;

	if (bank >= BPFLOCK_BANKS)
		return 0;
	r = slots->ask >= 0 ? inner_map_read(slots, &inner_paths, bank, b.n, &nodes)
			    : read_tree(slots, bank, b.n, &nodes);
	if (r >= 0)
		r = inner_map_read(slots, &inner_rules, bank, b.n, &rules);
	if (r >= 0 && n_grants)
		r = inner_map_read(slots, &inner_grants, bank, b.n_grants, &grants);
	b.nodes = nodes;
	b.rules = rules;
	b.grants = grants;
	if (r >= 0)
		r = policy_rows_unpack(&b, p);
	policy_rows_done(&b);
	return r;
}

int pins_bank_read(const struct pins_slots *slots, const struct bpflock_policy *host,
		   struct policy *p)
{
	return read_rows(slots, host->bank, host->n_rows, host->n_grants, p);
}

int pins_bank_read_base(const struct pins_slots *slots, const struct bpflock_policy *host,
			struct policy *p)
{
	return read_rows(slots, host->base, host->n_base, 0, p);
}

static int look_up(int fd, const void *key, void *ret)
{
	return bpf_map_lookup_elem(fd, key, ret) < 0 ? -errno : 0;
}

/* Takes over the rule of a row of the base, if it has one. */
static int take_rule(int rules, uint32_t row, const char *path, struct policy *p)
{
	struct bpflock_rule value;
	struct rule *rule;
	int r = look_up(rules, &row, &value);

	if (r < 0 || !(value.flags & BPFLOCK_RULE_SET))
		return r;
	rule = policy_find_rule(p, path);
	if (!rule && policy_is_gone(p, path))
		return 0;
	if (!rule)
		rule = policy_rows_unpack_rule(&value, path, p);
	if (!rule)
		return -ENOMEM;
	rule->based = true;
	return 0;
}

int pins_bank_find_in_base(const struct pins_slots *slots, struct policy *p, const char *path)
{
	CLEANUP(close_fdp) int nodes = inner_map_open(slots, &inner_nodes, p->host.base);
	CLEANUP(close_fdp) int rules = inner_map_open(slots, &inner_rules, p->host.base);
	struct policy_rows_piece piece = { path, 0 };
	CLEANUP(free_charp) char *above = strdup(path);
	uint32_t row = 0;
	int r = nodes < 0 ? nodes : rules < 0 ? rules : !above ? -ENOMEM : 0;

	while (r == 0 && path[1] && policy_rows_next_piece(&piece)) {
		size_t end = piece.text + piece.len - path;
		struct bpflock_node node = { .parent = row };

		memcpy(node.name, piece.text, piece.len);
		r = look_up(nodes, &node, &row);
		if (r == -ENOENT)
			return 0;
		if (r < 0 || piece.len == BPFLOCK_PIECE_MAX)
			continue;
		above[end] = '\0';
		r = take_rule(rules, row, above, p);
		above[end] = path[end];
	}
	return r;
}

int pins_bank_strictest_of_base(const struct pins_slots *slots, uint32_t base,
				struct bpflock_ruleset *ret)
{
	CLEANUP(close_fdp) int rules = inner_map_open(slots, &inner_rules, base);
	const uint32_t root = 0;
	struct bpflock_rule value;
	int r = rules < 0 ? rules : look_up(rules, &root, &value);

	if (r == 0)
		*ret = value.rules;
	return r;
}
