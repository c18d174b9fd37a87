/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a policy comes from: built-in < main file < drop-ins < environment < command line. This
 * module reads all but the command line, weakest first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "abi.h"
#include "diagnostic.h"
#include "parser.h"
#include "policy.h"

enum config_state {
	CONFIG_READ,
	CONFIG_MASKED,	   /* empty and root's, or a link to /dev/null: its name is not to count */
	CONFIG_OVERRIDDEN, /* a stronger directory has a file of this name */
};

struct config_file {
	char *path; /* owned */
	enum config_state state;
	char *by; /* what overrides it, or NULL; owned */
};

/* Files in the order in which they are read, weakest first. */
struct config_files {
	struct config_file *items; /* owned */
	size_t n;
};

/*
 * Which files make the configuration. path: this one and no other (--config), or NULL for
 * bpflock.conf and bpflock.conf.d/ *.conf in /etc/bpflock, /run/bpflock, /usr/local/lib/bpflock and
 * /usr/lib/bpflock below root ("" outside tests), by systemd's rules: the first main file wins;
 * drop-ins of one name too; all drop-ins apply in the order of their names; an empty file of root's
 * or a link to /dev/null masks. 0, or the first errno of a directory that cannot be listed, which is
 * diagnosed; *ret_files is set in both cases, and ended by config_files_done().
 */
int config_files_list(const char *root, const char *path, struct config_files *ret_files,
		      struct diagnostics *d);
void config_files_done(struct config_files *files);

/*
 * The text of a policy file, which must be a regular one, and its owner and mode. 0, or a negative
 * errno, which is diagnosed. The caller frees *ret_text.
 */
int config_files_load(const char *path, char **ret_text, size_t *ret_len, struct stat *ret_stat,
		      struct diagnostics *d);

/*
 * The policies to begin with that are installed: calls visit with the path of each, those of the
 * strongest directory first.
 */
void config_files_each_preset(const char *root, void (*visit)(const char *path, void *arg),
			      void *arg);

enum config_trust {
	CONFIG_TRUST_ROOT,    /* a file must belong to root and be writable by nobody else */
	CONFIG_TRUST_ANYBODY, /* for checking: else it is a warning */
};

/* Whether root alone decides what is in such a file. What is not so is an error, or a warning. */
bool config_files_trusted(const struct stat *st, const char *path, enum config_trust trust,
			  struct diagnostics *d);

/* Assigns what these files say. */
void config_files_read_listed(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
			      const struct config_files *files, enum config_trust trust,
			      struct diagnostics *d);

/*
 * Lists and reads files of root's. Returns whether there was no error; *p is then to be used, and
 * not otherwise.
 */
bool config_files_read(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		       const char *root, const char *path, struct diagnostics *d);

/*
 * Assigns what one file says, in the order of its lines: `all` is the text of it taken apart, which
 * calls itself source. Pure.
 */
void config_apply(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		  const struct assignments *all, const char *source, struct diagnostics *d);

/* The same of a text that did not come from a file, whose owner nobody can check. */
bool config_read_text(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		      const char *text, size_t len, const char *source, struct diagnostics *d);

/*
 * Assigns what BPFLOCK_KIMGLOCK_PROFILE, _BLOCK and _ALLOW and BPFLOCK_EXEC_SNOOP say (the names of
 * the original, for containers). Another variable BPFLOCK_* is a warning; of one of
 * the original's, with what does it now.
 */
bool config_read_environment(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
			     char *const *environ, struct diagnostics *d);
