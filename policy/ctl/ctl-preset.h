/* SPDX-License-Identifier: GPL-2.0-only */
/* The verbs "preset list", "preset show" and "preset use" share this. */
#pragma once

#include "catalogue.h"
#include "ctl.h"

/* A preset or an exception of this machine: the file of this name that counts. */
struct ctl_preset {
	const char *name;
	enum config_kind kind;
	struct config_files files; /* the last one is it */
};

/*
 * Finds the file of a name. Returns whether there is one, else it is diagnosed. Ended by
 * ctl_preset_done() in both cases.
 */
bool ctl_preset_find(const char *name, struct ctl_preset *ret, struct diagnostics *d);
void ctl_preset_done(struct ctl_preset *p);

/* The path of its file, and its text or NULL. */
const char *ctl_preset_path(const struct ctl_preset *p);
const char *ctl_preset_text(const struct ctl_preset *p);

/* Returns whether these files, all of a configuration, are read with it. */
bool ctl_preset_used(const struct config_files *files, const char *path);

/*
 * Reads what it says by itself, and compiles that. Returns whether there is no error; *ret is the
 * caller's in both cases.
 */
bool ctl_preset_alone(const struct ctl_preset *p, const struct bpflock_operation *ops,
		      struct policy *ret, struct diagnostics *d);

#define CTL_PRESET_BEGINS "# Written by: " CTL_PROGRAM " preset use "

/* The drop-in that names it: its path, which the caller frees, and its text. NULL: out of memory.
 */
#define CTL_PRESET_TEXT_LEN 256
char *ctl_preset_drop_in(const struct ctl_preset *p, char ret_text[CTL_PRESET_TEXT_LEN]);

/*
 * The configuration, with a drop-in more if path is not NULL, compiled. Returns whether it has no
 * error; *ret_policy and *ret_files are the caller's in both cases.
 */
bool ctl_preset_configuration(const char *path, const char *text,
			      const struct bpflock_operation *ops, struct policy *ret_policy,
			      struct config_files *ret_files, struct diagnostics *d);
