/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy as a policy file, on stdout: what is printed reads back as the same policy. */
#pragma once

#include "policy.h"

/*
 * Comments for what comes next, whole lines. setting: of rule set r (NULL: the host's), or
 * _BPFLOCK_SETTING_MAX at the head of its section.
 */
typedef void (*print_note_fn)(const struct policy *p, const struct rule *r,
			      enum bpflock_setting setting, void *arg);

/* Cgroups in the order of p->rules. */
void print_policy(const struct bpflock_operation ops[BPFLOCK_REASONS], const struct policy *p,
		  print_note_fn note, void *arg);

/* Prints a mask as comma-separated text; `none` if it is empty. */
void print_mask(const struct bpflock_operation *ops, __u64 mask, const char *none);

/* Prints a mask as the last column of a table, which begins there. */
void print_mask_last(const struct bpflock_operation *ops, __u64 mask, const char *none,
		     unsigned int column);

/* Return the text of the lines below; NULL: out of memory. Owned by the caller. */
char *print_keys_text(const struct bpflock_operation *ops, const struct rule *r);
char *print_ruleset_text(const struct bpflock_operation *ops, const struct bpflock_ruleset *r);

/* Prints the rule set of a cgroup in one line, as it was asked for. */
void print_keys_line(const struct bpflock_operation *ops, const struct rule *r);

/* Prints a rule set in one line: the values that are not the built-in ones. */
void print_ruleset_line(const struct bpflock_operation *ops, const struct bpflock_ruleset *r);
