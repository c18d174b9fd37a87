/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A whole policy in user space: the host's rule set and settings, the rule sets of cgroups, and the
 * grants. Pure; pins-policy.c carries it to the kernel and back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "diagnostic.h"

/* The rule set of a cgroup v2; it replaces the host's for all tasks in it and below it. */
struct rule {
	char *path; /* as in /proc/PID/cgroup; owned */
	struct bpflock_ruleset rules;
	bool runtime;	    /* set by bpflock-ctl: outlives another load of the policy files */
	bool profile_given; /* else it is privileged by default, which is worth a warning */
	char source[BPFLOCK_SOURCE_LEN];
	/* lines of the assignments in the file that is being read, see config.c */
	unsigned int seen[_BPFLOCK_SETTING_MAX];
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

struct policy {
	/* generation, settings, expiry; what pins-policy.c fills in (bank, rows, depth) is its own */
	struct bpflock_policy host;
	struct rule **rules; /* owned, as are they; in the order of policy_add_rule() */
	size_t n_rules;
	struct grant *grants; /* owned */
	size_t n_grants;
	void *by_path; /* tsearch(3) tree over rules */
	unsigned int files; /* read so far */
};

/* The built-in policy: ruleset_init(), no cgroup rules, no grants. */
void policy_init(struct policy *p);
void policy_done(struct policy *p);

/* A deep copy; -ENOMEM leaves *ret_copy empty. */
int policy_copy(const struct policy *p, struct policy *ret_copy);

/*
 * What is wrong with a path as the name of a cgroup that can have a rule, or NULL: it is absolute,
 * not the root, without empty, "." or ".." components, and no deeper than the kernel looks.
 */
const char *policy_path_error(const char *path);

/* How many components a valid path has. */
unsigned int policy_path_depth(const char *path);

/* The rule of exactly this path, or NULL. */
struct rule *policy_find_rule(const struct policy *p, const char *path);

/* The same, made with the built-in rule set if there is none. NULL: out of memory. */
struct rule *policy_add_rule(struct policy *p, const char *path);

/* Whether there was one. */
bool policy_delete_rule(struct policy *p, const char *path);

/* Puts p->rules in the order of their paths. */
void policy_sort(struct policy *p);

/* The deepest rule whose cgroup is `path` or above it, or NULL: the host's rule set holds. */
const struct rule *policy_rule_for(const struct policy *p, const char *path);

/*
 * The grant that exempts tasks in cgroup `path` from an operation and ends last, NULL if there is
 * none that has not ended at `now` (CLOCK_BOOTTIME, ns). A rule set hides the grants above it.
 */
const struct grant *policy_grant_for(const struct policy *p, const char *path, uint32_t reason,
				     uint64_t now);

/*
 * Adds a grant; path and note are copied, an id is chosen. NULL: out of memory. The answer is good
 * until the next change.
 */
struct grant *policy_add_grant(struct policy *p, const char *path, uint64_t operations,
			       uint64_t given, uint64_t expires, uint32_t uid, const char *note);

/*
 * Gives a grant again: one of the same path and operations ends later now, with its id, and gets
 * the note if there is one; it stays as it is if it ends later anyway. If there is none it is
 * added. NULL: out of memory.
 */
struct grant *policy_renew_grant(struct policy *p, const char *path, uint64_t operations,
				 uint64_t given, uint64_t expires, uint32_t uid, const char *note);

/* The grant of this number, also as it has been renewed, or NULL. */
const struct grant *policy_find_grant(const struct policy *p, uint32_t id);

/* Removes grant number i of p->grants. */
void policy_delete_grant(struct policy *p, size_t i);

/* Forgets grants that have ended. How many. */
size_t policy_forget_ended(struct policy *p, uint64_t now);

/*
 * ruleset_compile() for the host and every cgroup. Warns of rules without a profile. Returns
 * whether there was no error.
 */
bool policy_compile(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		    struct diagnostics *d);

/* Whether two policies decide, log and trace alike, whoever set them; grants included. */
bool policy_equal(const struct policy *a, const struct policy *b);

/* Whether nothing at all differs, the sources neither. */
bool policy_identical(const struct policy *a, const struct policy *b);

/*
 * What all rule sets of a compiled policy refuse between them, enforced if any of them enforces, and
 * logged as the one that logs most. It holds for a task whose own rule set cannot be found.
 */
struct bpflock_ruleset policy_strictest(const struct policy *p);

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

/*
 * What follows from the grants of one path: the operations and when each ends. *ret_ends is all 0
 * if there are none.
 */
uint64_t policy_ends(const struct policy *p, const char *path, struct bpflock_ends *ret_ends);
