/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole policy in user space: the host's rule set and settings, the rule sets of cgroups, and the
 * grants. Pure; pins-policy*.c carry it to the kernel and back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "diagnostic.h"

/* The rule set of a cgroup v2; it holds in place of the host's for all tasks in it and below it. */
struct rule {
	char *path; /* as in /proc/PID/cgroup; owned */
	struct bpflock_ruleset rules;
	bool runtime;	    /* set by bpflock-ctl: outlives another load of the policy files */
	bool profile_given; /* else it is privileged by default, which is worth a warning */
	bool like_host;	    /* the host's rule set with changes, see like.h */
	uint32_t keys;	    /* that it names: a bit per enum bpflock_setting */
	uint64_t own_block, own_allow; /* of one that is like the host's: by its own keys */
	bool based; /* of a part: the base has a rule set for this path, too */
	char source[BPFLOCK_SOURCE_LEN];
	/* lines of the assignments in the file that is being read, see config.c */
	unsigned int seen[_BPFLOCK_SETTING_MAX];
	unsigned int seen_like;
	unsigned int seen_file;
};

/*
 * An exception: until it ends, tasks that the rule set of `path` holds for are allowed the
 * operations.
 */
struct grant {
	uint32_t id; /* from 1 */
	char *path;  /* "/": what the host's rule set holds for; owned */
	uint64_t operations;
	uint64_t given; /* CLOCK_BOOTTIME, ns */
	uint64_t expires;
	uint32_t uid;
	char note[BPFLOCK_NOTE_LEN];
};

/*
 * A change of one rule set in a large policy is made in a part of it: the host's, all grants, and the rule sets that are
 * like the host's or have changed since the base was written; and of the base's those at the paths that the change is about
 * and above them. Everything asked about these paths has the same answer as in the whole.
 */
struct policy {
	/* generation, settings, expiry; what pins-policy-write.c fills in (banks, rows, depth) is its own */
	struct bpflock_policy host;
	struct rule **rules; /* owned, as are they; in the order of policy_add_rule() */
	size_t n_rules;
	struct grant *grants; /* owned */
	size_t n_grants;
	void *by_path; /* tsearch(3) tree over rules */
	unsigned int files; /* read so far */
	bool part;
	char **gone; /* of a part: paths that have no rule set, or another one, whatever the base says; owned */
	size_t n_gone;
	struct bpflock_ruleset rest; /* of a part: the strictest of the base's */
};

/* The built-in policy: ruleset_init(), no cgroup rules, no grants. */
void policy_init(struct policy *p);
void policy_done(struct policy *p);

/* A deep copy; -ENOMEM leaves *ret_copy empty. */
int policy_copy(const struct policy *p, struct policy *ret_copy);

/*
 * Returns the fault of a path as the name of a cgroup that can have a rule, or NULL: it is
 * absolute, not the root, without empty, "." or ".." components, and no deeper than the kernel
 * looks.
 */
const char *policy_path_error(const char *path);

/* Returns how many components a valid path has. */
unsigned int policy_path_depth(const char *path);

/* The rule of exactly this path, or NULL. */
struct rule *policy_find_rule(const struct policy *p, const char *path);

/* Finds a rule, or makes one with the built-in rule set. NULL: out of memory. */
struct rule *policy_add_rule(struct policy *p, const char *path);

/* Adds a copy of a rule, in place of that of its path. NULL: out of memory. */
struct rule *policy_put_rule(struct policy *p, const struct rule *from);

/* Deletes a rule. Returns whether there was one. */
bool policy_delete_rule(struct policy *p, const char *path);

/* Puts p->rules in the order of their paths. */
void policy_sort(struct policy *p);

/* Adds a copy of a grant, its id too. NULL: out of memory. Good until the next change. */
struct grant *policy_put_grant(struct policy *p, const struct grant *g);

/* Adds a path to p->gone. 0 or -ENOMEM. */
int policy_put_gone(struct policy *p, const char *path);

/* Returns whether it is there. */
bool policy_is_gone(const struct policy *p, const char *path);

/* The deepest rule whose cgroup is `path` or above it, or NULL: the host's rule set holds. */
const struct rule *policy_rule_for(const struct policy *p, const char *path);

/* The rule set of that rule, or the host's. */
const struct bpflock_ruleset *policy_rules_at(const struct policy *p, const char *path);

/*
 * ruleset_compile() for the host and every cgroup. Warns of rules without a profile. Returns
 * whether there was no error.
 */
bool policy_compile(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		    struct diagnostics *d);

/* Returns whether two policies decide, log and trace alike, whoever set them; grants included. */
bool policy_equal(const struct policy *a, const struct policy *b);

/* Returns whether nothing at all differs, the sources neither. */
bool policy_identical(const struct policy *a, const struct policy *b);

/* Returns whether the rules and grants are the same, and whoever set them. */
bool policy_same_rules(const struct policy *a, const struct policy *b);

/*
 * Returns whether a rule set of a compiled policy that is in this mode denies anybody anything; in
 * audit mode: would deny.
 */
bool policy_denies(const struct policy *p, enum bpflock_mode mode);

/*
 * Returns whether the kernel has to ask about module requests: a rule set of a policy, or what is
 * latched already, names them. An exemption or a grant alone does not.
 */
bool policy_needs_module_request(const struct policy *p, uint64_t latched);

/*
 * Adds to the source of each setting and rule set when it was set: at `now` (clock_realtime()), but what
 * `before` has by the same source with the same value keeps the time that it has there. before: NULL if
 * there is none.
 */
void policy_date_sources(struct policy *p, const struct policy *before, uint64_t now);

/* Every rule set in audit mode, by a source that can not be mistaken. */
void policy_force_mode(struct policy *p, enum bpflock_mode mode, const char *source);

/*
 * Takes over from the policy in force what bpflock-ctl has set and policy files do not say: rules of
 * cgroups that p has none for, and grants. 0 or -ENOMEM.
 */
int policy_inherit(struct policy *p, const struct policy *in_force);
