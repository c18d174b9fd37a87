/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An explanation is the kernel's decision and its reason, by the same steps as in
 * bpf/kimglock.bpf.c, on the policy as user space reads it. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy.h"

struct explanation {
	uint32_t verdict; /* enum bpflock_verdict */
	uint32_t why;	  /* enum bpflock_why */
	uint32_t rules_verdict, rules_why; /* of the rule set, before grants and the latch */
	const struct rule *rule; /* NULL: the host's rule set */
	const struct bpflock_ruleset *rules;
	const struct grant *grant; /* that made the difference, or NULL */
	bool depends_on_namespaces;
};

/* Sets the explanation of a latched operation, whatever the policy says. */
struct explanation explain_latched(struct explanation e);

/*
 * For a task in cgroup `path` ("/" for the root), in the host's pid and network namespaces or not, at
 * `now` (CLOCK_BOOTTIME, ns). The answer points into p.
 */
struct explanation explain(const struct policy *p, const char *path, bool in_host, uint32_t reason,
			   uint64_t now);

/*
 * The setting that decides where this is why; _BPFLOCK_SETTING_MAX: none does, as for grants. Module requests have a
 * profile of their own, kmodlock.
 */
enum bpflock_setting explain_setting(uint32_t why, uint32_t reason);

/* Returns whether the setting that decides is one that the cgroup's rule set names itself. */
bool explain_is_own(const struct explanation *e, uint32_t reason);

/* The source of the setting that decides, of which explain_setting() is not _BPFLOCK_SETTING_MAX. */
const char *explain_source(const struct policy *p, const struct explanation *e, uint32_t reason);

/* The source of any setting of the rule set; of a list, for this reason. */
const char *explain_source_of(const struct policy *p, const struct explanation *e,
			      enum bpflock_setting s, uint32_t reason);
