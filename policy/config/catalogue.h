/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The catalogue is made of policy files that other policy files name: a preset, a whole policy to
 * begin with, by "preset = NAME", and exceptions, what one program needs, by "exceptions =
 * NAME...". They are presets/NAME.conf and exceptions/NAME.conf in the directories of
 * config-files.h; that of the strongest directory counts.
 *
 * Exceptions are read first of all, and the preset right before the file that names it. So what
 * that file and later ones say overrides a preset, and any file adds to exceptions. Of several
 * presets the last one named counts; exceptions add up, as any list does.
 */
#pragma once

#include "config-files.h"

/* Lists all files that make the configuration: config_files_search(), and what those name. */
int catalogue_list(const char *root, const char *path, struct config_files *ret_files,
		   struct diagnostics *d);

/*
 * Adds to files what they name. 0, or -ENOENT if something is named that does not exist, or
 * wrongly, which is diagnosed.
 */
int catalogue_resolve(struct config_files *files, const char *root, struct diagnostics *d);

/*
 * Lists and reads files of root's. Returns whether there was no error; *p is then to be used, and
 * not otherwise.
 */
bool catalogue_read(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		    const char *root, const char *path, struct diagnostics *d);

/* The folder of presets or of exceptions, and the key that names them, which is also their word. */
const char *catalogue_folder(enum config_kind kind);
const char *catalogue_key(enum config_kind kind);

/* The name that a file of the catalogue has: "server" of /usr/lib/bpflock/presets/server.conf. */
#define CATALOGUE_NAME_MAX 64
void catalogue_name(const char *path, char ret_name[CATALOGUE_NAME_MAX]);

/*
 * The first sentence of its first comment, "Server: nobody changes the running kernel", without
 * the name in it. NULL: there is none. Owned by the caller.
 */
char *catalogue_brief(const char *text);

/* Returns whether a word can be the name of a preset or an exception. */
bool catalogue_name_valid(const char *word, size_t len);

/* The error of a name that neither kind, or only this one, has. root as above. */
void catalogue_unknown(const char *root, const struct place *at, enum config_kind kind,
		       const char *word, size_t len, struct diagnostics *d);
