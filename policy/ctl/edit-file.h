/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A policy file of /etc/bpflock that is being edited: the copy beside it that the editor gets, and
 * how that takes its place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "exit-status.h"

/* Begins as EDIT_FILE_INIT, and is ended by edit_file_done(). */
struct edit_file {
	char *path; /* as the configuration names it; owned */
	char *real; /* the regular file that it is or will be: where a symbolic link leads; owned */
	char *copy; /* what the editor opens, while there is one; owned */
	char *text; /* before the edit: of the file, of the one it will override, or a template;
		       owned */
	size_t len;
	bool exists;
	struct stat st; /* of the file, if it exists */
	char *lock;	/* the path of the lock, while it is held; owned */
	int lock_fd;
	bool made[2]; /* directories that were made for it, and are removed if they stay empty */
};

#define EDIT_FILE_INIT         \
	{                      \
		.lock_fd = -1, \
	}

/* Default: read after the files of packages and of configuration management. */
#define EDIT_FILE_DEFAULT "/etc/bpflock/bpflock.conf.d/50-local.conf"

/*
 * Takes the lock that one editor at a time has, and makes a copy of the file, path, or the default
 * one if that is NULL: private, in the file's directory. Reports errors: STATUS_USAGE if it is not
 * to be edited, STATUS_BUSY if somebody else edits.
 */
enum exit_status edit_file_open(struct edit_file *f, const char *path);

/* Reads the copy as the editor has left it. Owned by the caller. Reports errors. */
enum exit_status edit_file_read(const struct edit_file *f, char **ret_text, size_t *ret_len);

/*
 * Makes the file one of this text in one step, and on the disk when this returns; its mode and
 * group stay. Refused if it is not as it was when it was opened. Reports errors, and then it is as
 * it was.
 */
enum exit_status edit_file_install(struct edit_file *f, const char *text, size_t len);

void edit_file_done(struct edit_file *f);
