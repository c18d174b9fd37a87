/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy that a command line of bpflock-ctl means: a file, standard input, or neither. */
#pragma once

#include "config-files.h"
#include "config.h"
#include "ctl.h"

struct ctl_source {
	const char *file; /* NULL: standard input if text is set, else the configuration */
	char *text;	  /* of standard input, read but once, as a pipe can be; owned */
	/* what the configuration has in the place of file, which is then one of its files; not owned */
	const char *stand_in;
	size_t len;
};

/*
 * A file is operand 0; standard input is the operand "-", or --stdin without one. Returns whether
 * that is right and could be read, else it is diagnosed. Ended by ctl_source_done() in both cases.
 */
bool ctl_source(const struct ctl *c, struct ctl_source *ret, struct diagnostics *d);
void ctl_source_done(struct ctl_source *s);

/* Returns the file, "stdin", or "configuration" for the policy files together. */
const char *ctl_source_name(const struct ctl_source *s);

/* Assigns what it says. *ret_files: those that were listed; standard input is one. */
void ctl_source_read(const struct ctl_source *s, const struct bpflock_operation *ops,
		     enum config_trust trust, struct policy *p, struct config_files *ret_files,
		     struct diagnostics *d);
