/* SPDX-License-Identifier: GPL-2.0-only */
/* A whole policy of a source takes the place of the active one. */
#pragma once

#include "ctl-source.h"

struct ctl_replacement {
	struct ctl_source source;
	bool fresh; /* what bpflock-ctl has set at run time ends too */
};

/*
 * Makes *new of the source: what it does not say of programs and maps stays as in in_force, and so
 * do grants and rule sets of `cgroup set` unless it is fresh. The caller ends *new with
 * policy_done().
 */
void ctl_replace_make(const struct ctl_replacement *by, const struct bpflock_operation *ops,
		      const struct policy *in_force, struct policy *new, struct diagnostics *d);

/* Returns whether the two differ in a setting that programs or maps are made for. */
bool ctl_replace_takes_the_loader(const struct bpflock_operation *ops, const struct policy *new,
				  const struct policy *in_force);

/* The edit of a struct change whose data is a struct ctl_replacement; refuses what takes the
 * loader. */
void ctl_replace(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		 bool words, struct diagnostics *d, void *data);
