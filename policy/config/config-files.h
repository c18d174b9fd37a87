/* SPDX-License-Identifier: GPL-2.0-only */
/* The files that make the configuration: where they are, which of them count, and whose they must be. */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>
#include "policy.h"

enum config_state {
	CONFIG_READ,
	CONFIG_MASKED,	   /* a drop-in that takes those of its name away */
	CONFIG_EMPTY,	   /* no bytes, or /dev/null, and nothing that it masks: an error */
	CONFIG_OVERRIDDEN, /* a stronger directory has a file of this name */
};

enum config_kind {
	CONFIG_MAIN,
	CONFIG_DROP_IN,
	CONFIG_PRESET,	  /* read because another one names it, see catalogue.h */
	CONFIG_EXCEPTION, /* likewise */
	CONFIG_STREAM,	  /* no file: a text that nobody else can change */
};

struct config_file {
	char *path; /* owned */
	enum config_state state;
	enum config_kind kind;
	char *by;   /* what overrides it, or NULL; owned */
	char *text; /* of one in state CONFIG_READ, or NULL: see error; owned */
	size_t len;
	struct stat stat; /* of the file that the text is from */
	int error;	  /* negative: why there is no text, which is diagnosed */
};

/* Files in the order in which they are read, weakest first. */
struct config_files {
	struct config_file *items; /* owned */
	size_t n;
};

/*
 * Finds and reads the files that are there for the configuration; catalogue.h adds those that they
 * name. path: this one and no other (--config), or NULL for
 * bpflock.conf and bpflock.conf.d/ *.conf in /etc/bpflock, /run/bpflock, /usr/local/lib/bpflock and
 * /usr/lib/bpflock below root ("" outside tests), by systemd's rules: the first main file wins;
 * drop-ins of one name too; all drop-ins apply in the order of their names. A drop-in that is a
 * link to /dev/null masks, and so does an empty one of root's that overrides another. 0, or the
 * first errno of a directory that cannot be listed, which is diagnosed; *ret_files is set in both
 * cases, and ended by config_files_done().
 */
int config_files_search(const char *root, const char *path, struct config_files *ret_files,
			struct diagnostics *d);

/* Makes the list of a text that is all there is, which calls itself source. */
void config_files_stream(const char *text, size_t len, const char *source,
			 struct config_files *ret_files, struct diagnostics *d);

/*
 * Inserts at index `at` those of this name below the directories (as "presets/server.conf"), the one
 * that counts last. Returns how many there are.
 */
size_t config_files_find(struct config_files *files, size_t at, const char *root, const char *name,
			 enum config_kind kind, struct diagnostics *d);

/*
 * Calls visit with the path of each *.conf in this folder of the directories, those of the strongest
 * directory first.
 */
void config_files_each(const char *root, const char *folder,
		       void (*visit)(const char *path, void *arg), void *arg);

void config_files_done(struct config_files *files);

/*
 * Lists of a configuration what it would be with this text at path, which is one of those that
 * config_files_is_local() knows and need not exist. The text is copied, and its owner does not matter.
 */
void config_files_stand_in(struct config_files *files, const char *path, const char *text,
			   size_t len, struct diagnostics *d);

/* Returns whether a file of this path would be of the administrator's configuration, in /etc/bpflock. */
#define CONFIG_FILES_LOCAL "/etc/bpflock"
#define CONFIG_FILES_DROP_INS CONFIG_FILES_LOCAL "/bpflock.conf.d"
bool config_files_is_local(const char *path);

/*
 * The path by which a file is named as the source of a setting: a relative one made absolute, which
 * is owned by the caller in *ret_owned; path itself if that cannot be done.
 */
const char *config_files_full_path(const char *path, char **ret_owned);

/*
 * The text of a policy file, which must be a regular one, and its owner and mode. 0, or a negative
 * errno, which is diagnosed. The caller frees *ret_text.
 */
int config_files_load(const char *path, char **ret_text, size_t *ret_len, struct stat *ret_stat,
		      struct diagnostics *d);

enum config_trust {
	CONFIG_TRUST_ROOT,    /* a file must belong to root and be writable by nobody else */
	CONFIG_TRUST_ANYBODY, /* for checking: else it is a warning */
};

/* Returns whether only root can write such a file. If not, that is an error, or a warning. */
bool config_files_trusted(const struct stat *st, const char *path, enum config_trust trust,
			  struct diagnostics *d);

/* Assigns what these files say. */
void config_files_read_listed(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
			      const struct config_files *files, enum config_trust trust,
			      struct diagnostics *d);
