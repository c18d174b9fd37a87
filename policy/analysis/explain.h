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
 * Returns whether a cgroup's rule set decides and says itself what this setting is for the operation. One that
 * is like the host's does so only for its own keys.
 */
bool explain_is_own(const struct explanation *e, enum bpflock_setting setting, uint32_t reason);

/*
 * For a task in cgroup `path` ("/" for the root), in the host's pid and network namespaces or not, at
 * `now` (CLOCK_BOOTTIME, ns). The answer points into p.
 */
struct explanation explain(const struct policy *p, const char *path, bool in_host, uint32_t reason,
			   uint64_t now);
