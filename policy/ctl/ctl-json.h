/* SPDX-License-Identifier: GPL-2.0-only */
/* The objects that verbs print with --json. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "json.h"
#include "policy.h"

/*
 * A writer on stdout with an open object, which json_end() closes. A verb that fails before it asks
 * for one gets a JSON object from main().
 */
struct json ctl_json(void);

/* Each value of the objects to come is on a line of its own, or not. */
void ctl_json_pretty(bool pretty);

/* Another process prints the objects. */
void ctl_json_defer(void);

bool ctl_json_begun(void);

/* The rule set of a cgroup: profile, level, block, allow, mode, log. Inside an object. */
void ctl_json_ruleset(struct json *j, const struct bpflock_operation *ops,
		      const struct bpflock_ruleset *r);

/* Writes the same of a cgroup's, and if it is like the host's "like" and "own", the keys it has itself. */
void ctl_json_rule(struct json *j, const struct bpflock_operation *ops, const struct rule *r);

/* "cgroups": the rule sets of p. */
void ctl_json_rules(struct json *j, const struct bpflock_operation *ops, const struct policy *p);

/* "source" of a rule set, and "set_at" if that is known. Inside an object. */
void ctl_json_source(struct json *j, const char *source);

/* "grants": those of p, with the seconds they have left at `now`. */
void ctl_json_grants(struct json *j, const struct bpflock_operation *ops, const struct policy *p,
		     uint64_t now);

/* Writes the settings with their sources, cgroup rule sets and grants. */
void ctl_json_policy(struct json *j, const struct bpflock_operation *ops, const struct policy *p);
