/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a policy comes from: built-in < main file < drop-ins < environment < command line. This
 * module reads all but the command line, weakest first.
 */
#pragma once

#include <stdbool.h>

#include "../bpf/abi.h"
#include "diagnostic.h"
#include "file.h"
#include "policy.h"

/*
 * Assigns what the files say. path: this one file and no other (--config), or NULL for
 * bpflock.conf and bpflock.conf.d/ *.conf in /etc/bpflock, /run/bpflock, /usr/local/lib/bpflock and
 * /usr/lib/bpflock below root ("" outside tests), by systemd's rules: the first main file wins;
 * drop-ins of one name too; all drop-ins apply in the order of their names; an empty file or a link
 * to /dev/null masks. A file must belong to root and be writable by nobody else. Returns whether
 * there was no error; *p is then to be used, and not otherwise.
 */
bool config_read_files(struct policy *p,
		       const struct bpflock_operation ops[BPFLOCK_REASONS], const char *root,
		       const char *path, struct diagnostics *d);

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
 * the original, for containers). A variable BPFLOCK_KIMGLOCK_* of another name is a warning.
 */
bool config_read_environment(struct policy *p,
			     const struct bpflock_operation ops[BPFLOCK_REASONS],
			     char *const *environ, struct diagnostics *d);
