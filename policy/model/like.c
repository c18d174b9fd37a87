// SPDX-License-Identifier: GPL-2.0-only
#include "like.h"

#include <string.h>

#include "operations.h"
#include "ruleset.h"

bool like_assign(struct rule *r, const char *text, const struct place *at, struct diagnostics *d)
{
	static const char *const words[] = { LIKE_HOST };

	if (!text[0]) {
		diagnostic_error(d, at,
				 "empty " LIKE_KEY ": write \"" LIKE_KEY " = " LIKE_HOST
				 "\", or remove the key for a rule set that inherits nothing");
		return false;
	}
	if (strcmp(text, LIKE_HOST) != 0) {
		diagnostic_unknown(d, at, LIKE_KEY, text, strlen(text), words, 1);
		return false;
	}
	if (!r->like_host) {
		r->own_block = r->rules.block;
		r->own_allow = r->rules.allow;
	}
	r->like_host = true;
	return true;
}

struct bpflock_ruleset like_keys(const struct rule *r)
{
	struct bpflock_ruleset keys = r->rules;

	if (r->like_host) {
		keys.block = r->own_block;
		keys.allow = r->own_allow;
	}
	return keys;
}

void like_set_keys(struct rule *r, const struct bpflock_ruleset *keys)
{
	r->rules = *keys;
	if (r->like_host) {
		r->own_block = keys->block;
		r->own_allow = keys->allow;
	}
}

/* A setting with one value, which takes the place of the host's. */
static bool is_scalar(enum bpflock_setting s)
{
	return !settings[s].host && !settings[s].list;
}

bool like_names(const struct rule *r, enum bpflock_setting s)
{
	if (!r->like_host)
		return true;
	if (settings[s].list)
		return s == BPFLOCK_SETTING_BLOCK ? r->own_block : r->own_allow;
	return r->keys & (1U << s);
}

/* The operations that its allow list takes off the host's block list. */
static uint64_t unblocked(const struct rule *r, const struct bpflock_operation *ops)
{
	uint64_t mask = r->own_allow;

	/* a block of xmon_rw is one of xmon_wr too, see ruleset_compile() */
	if (mask & operations_bit(ops, "xmon_wr"))
		mask |= operations_bit(ops, "xmon_rw");
	return mask;
}

bool like_resolve(struct rule *r, const struct bpflock_ruleset *host,
		  const struct bpflock_operation ops[BPFLOCK_REASONS], struct diagnostics *d)
{
	struct bpflock_policy result, own;

	ruleset_init(&result);
	ruleset_init(&own);
	result.rules = *host;
	own.rules = r->rules;
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (is_scalar(s) && like_names(r, s))
			ruleset_copy_setting(&result, &own, s);
	result.rules.block = (host->block & ~unblocked(r, ops)) | r->own_block;
	result.rules.allow = (host->allow & ~r->own_block) | r->own_allow;
	if (!ruleset_compile(&result, ops, d))
		return false;
	r->rules = result.rules;
	return true;
}

bool like_same(const struct rule *a, const struct rule *b)
{
	if (a->like_host != b->like_host)
		return false;
	if (!a->like_host)
		return memcmp(&a->rules, &b->rules, sizeof(a->rules)) == 0;
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		struct bpflock_policy x = { .rules = a->rules }, y = { .rules = b->rules };

		if (!is_scalar(s))
			continue;
		if (like_names(a, s) != like_names(b, s) ||
		    (like_names(a, s) && ruleset_value(&x, s) != ruleset_value(&y, s)))
			return false;
	}
	return a->own_block == b->own_block && a->own_allow == b->own_allow;
}
