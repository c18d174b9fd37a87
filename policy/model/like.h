/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rule sets of cgroups that are like the host's ("like = host"): the host's as it is after all
 * sources were merged, changed by the rule set's own keys. It is worked out whenever a policy is
 * compiled, and so before each change of any part of it, so that it follows the host's. Pure.
 */
#pragma once

#include "policy.h"

#define LIKE_KEY  "like"
#define LIKE_HOST "host" /* its one value */

/*
 * Assigns the key from text. Returns whether there was no error; nothing is changed otherwise. at:
 * where the text starts.
 */
bool like_assign(struct rule *r, const char *text, const struct place *at, struct diagnostics *d);

/* The rule set that a rule's own keys make, to assign more of them; see like_set_keys(). */
struct bpflock_ruleset like_keys(const struct rule *r);
void like_set_keys(struct rule *r, const struct bpflock_ruleset *keys);

/* Returns whether a rule's own keys say what this setting is; else the host's rule set does. */
bool like_names(const struct rule *r, enum bpflock_setting setting);

/*
 * Works out r->rules from the host's compiled rule set and r's own keys. A list of its own wins
 * over the host's for the operations that it names. Returns whether there was no error.
 */
bool like_resolve(struct rule *r, const struct bpflock_ruleset *host,
		  const struct bpflock_operation ops[BPFLOCK_REASONS], struct diagnostics *d);

/* Returns whether two rule sets were asked for with the same words, whatever the host's is. */
bool like_same(const struct rule *a, const struct rule *b);
