/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The editor of whoever calls: $SUDO_EDITOR, $VISUAL or $EDITOR, else editor or vi. No shell reads
 * the words, and it does not get more privileges than it takes to write files of its user.
 */
#pragma once

#include <signal.h>
#include <stddef.h>

#define EDITOR_WORDS_MAX 32

/*
 * Splits a command at blanks into words, in place; quotes and backslashes keep blanks in a word as
 * in sudoedit(8), and nothing else has a meaning. Returns how many there are, or -EINVAL: a quote
 * is left open, or there are more than max - 1 of them. words[n] becomes NULL.
 */
int editor_split(char *command, char *words[], size_t max);

/*
 * The path of a program: name itself if it is absolute, else where an absolute directory of
 * `directories`
 * ("/usr/bin:/bin") has it. Relative ones are left out, so that nobody's working directory is
 * searched. 0 or a negative errno.
 */
int editor_find(const char *name, const char *directories, char *ret_path, size_t size);

/*
 * Has the editor open the file and waits for its end. *interrupted: set by a signal handler when
 * the editor has to be ended. Returns its exit status, 128 and more if a signal ended it, or a
 * negative errno: it could not be started. *ret_name: its first word, or what could be found, for
 * messages.
 */
#define EDITOR_NAME_LEN 256
int editor_run(const char *path, const volatile sig_atomic_t *interrupted,
	       char ret_name[EDITOR_NAME_LEN]);
