/* SPDX-License-Identifier: GPL-2.0-only */
/* Text that comes from outside: comparing it, suggesting what was meant, printing it safely. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * The word of words[n] that begins with word or is nearest to it (Damerau-Levenshtein), or NULL if
 * none is near enough to be meant, or two are as near. Dashes and underscores are not compared.
 * word need not be NUL-terminated; the answer is one of words.
 */
const char *text_nearest(const char *word, size_t len, const char *const *words, size_t n);

/* Length in bytes of the valid UTF-8 character at s[len], or 0 if there is none. */
size_t text_utf8_length(const char *s, size_t len);

/*
 * Length of the character at s[len] if it can be printed as it is. 0: invalid UTF-8, a control
 * character (U+0080 to U+009F too), or a format character, such as those that reverse the direction
 * of what follows.
 */
size_t text_printable(const char *s, size_t len);

/* Length of the longest beginning of s[len] that needs no escape between two quotes (0: none). */
size_t text_plain(const char *s, size_t len, char quote);

/*
 * The escape of the character at s[len], which text_plain() stops at: a backslash before a
 * backslash or quote, \xNN for each byte of others, or with json \uNNNN (\ufffd for a byte that is
 * no UTF-8). Returns how many bytes of s it stands for.
 */
#define TEXT_ESCAPE_MAX 16
size_t text_escape(const char *s, size_t len, bool json, char ret[TEXT_ESCAPE_MAX],
		   size_t *ret_len);

/* Writes s[len] with these escapes, so that neither a terminal nor a log parser is ever surprised.
 */
void text_write(FILE *f, const char *s, size_t len, char quote);

/* Writes a text up to the NUL. */
void text_puts(FILE *f, const char *s);

/* Returns the text as text_puts() writes it, NULL if memory runs out. Owned by the caller. */
char *text_escaped(const char *s);

/*
 * Writes text[len] line by line as it stands, tabs and backslashes included, but for what could
 * steer a terminal; the last line ends too.
 */
void text_write_lines(FILE *f, const char *text, size_t len);

/*
 * Reads a whole small file or pseudo file, at most max bytes, and NUL-terminates it. dir_fd as in
 * openat(2). Returns 0 or a negative errno, -EFBIG beyond max. The caller frees *ret_text.
 */
int text_read_file(int dir_fd, const char *path, size_t max, char **ret_text, size_t *ret_len);

/* Reads the rest of an open file; fd stays the caller's. */
int text_read_fd(int fd, size_t max, char **ret_text, size_t *ret_len);

/* Writes all of it, whatever interrupts. 0 or a negative errno, after which some may be written. */
int text_write_fd(int fd, const char *text, size_t len);

/*
 * Returns whether `word` is one of the words of `list`, which are separated by bytes of
 * `separators`.
 */
bool text_has_word(const char *list, const char *separators, const char *word);
