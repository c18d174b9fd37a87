/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cgroup rules and grants of a policy as rows of the kernel's maps, and back. Pure.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "policy.h"

struct policy_rows {
	struct bpflock_rule *rules; /* [n]; row 0 is the root, a parent comes before its children */
	struct bpflock_node *nodes; /* [n], of the same rows; the root has none */
	uint32_t *rows;		    /* [n], 0 to n - 1: the values of nodes */
	uint32_t n;
	struct bpflock_ends *ends; /* [n_ends] */
	uint32_t n_ends;
	struct bpflock_grant *grants; /* [n_grants] */
	uint32_t n_grants;
};

enum policy_rows_of {
	POLICY_ROWS_OF_ALL,
	POLICY_ROWS_OF_BASE, /* rules that are not like the host's, and no grants */
	POLICY_ROWS_OF_OWN,  /* the others, and the rules of paths that have a grant */
};

/*
 * The rows of p. *host gets what leads to them: sizes, the host's own grants, and its depth if that was less. 0, or
 * -ENOMEM with nothing to free. The caller ends *ret_bank with policy_rows_done().
 */
int policy_rows_make(const struct policy *p, enum policy_rows_of of, struct bpflock_policy *host,
		     struct policy_rows *ret_bank);
void policy_rows_done(struct policy_rows *b);

/* The path of a row, "/" for the root. False if the tree has no such row, or goes in circles. */
bool policy_rows_path(const struct policy_rows *b, uint32_t row, char ret_path[PATH_MAX]);

/* A part of a path that one row of the tree is for: a name, or a piece of a long one. */
struct policy_rows_piece {
	const char *text;
	size_t len;
};

/* From one piece to the next; before the first: the path, and a length of 0. False at the end. */
bool policy_rows_next_piece(struct policy_rows_piece *p);

/* Adds the rule of one row, in place of that of its path. NULL: out of memory. */
struct rule *policy_rows_unpack_rule(const struct bpflock_rule *row, const char *path,
				     struct policy *p);

/*
 * Adds the rules and grants of these rows, read from the kernel, to *p. 0, -ENOMEM, or -EUCLEAN if
 * they make no sense.
 */
int policy_rows_unpack(const struct policy_rows *b, struct policy *p);
