/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output for people is laid out for their terminal: its width, its colours, its characters. Pipes and
 * files get whole lines without colours, unless COLUMNS or --color says otherwise.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#define TERMINAL_WIDTH 80 /* columns, where they are not known */

enum terminal_style {
	TERMINAL_PLAIN,
	TERMINAL_GREEN,
	TERMINAL_YELLOW,
	TERMINAL_RED, /* bold */
	TERMINAL_BOLD,
	_TERMINAL_STYLE_MAX,
};

enum terminal_color {
	TERMINAL_COLOR_AUTO,
	TERMINAL_COLOR_ALWAYS,
	TERMINAL_COLOR_NEVER,
	_TERMINAL_COLOR_MAX,
};

/* The words of --color. */
extern const char *const terminal_color_words[_TERMINAL_COLOR_MAX];

/* Sets for the whole program what terminal_colored() returns. The default is TERMINAL_COLOR_AUTO. */
void terminal_set_color(enum terminal_color color);

/*
 * Returns whether what is printed there is coloured. Automatically it is on a terminal, unless TERM is
 * unset, empty or "dumb", or NO_COLOR is set and not empty.
 */
bool terminal_colored(FILE *f);

/* Returns the bytes that begin a style, "" for TERMINAL_PLAIN; terminal_end() ends each of them. */
const char *terminal_begin(enum terminal_style style);
const char *terminal_end(enum terminal_style style);

/* Prints text, which is safe to print, in this style if f is coloured. */
void terminal_print(FILE *f, enum terminal_style style, const char *text);

/* Returns whether the locale of the environment has UTF-8. */
bool terminal_utf8(void);

/* Returns the mark at the head of a state: a disc, or an asterisk where the locale has no UTF-8. */
const char *terminal_bullet(void);

/*
 * Returns the columns that a line may take, 0 for any number. Of a terminal they are those that it
 * has, else those of COLUMNS, else TERMINAL_WIDTH. Elsewhere a line ends only at COLUMNS, which
 * watch(1) sets.
 */
unsigned int terminal_columns(FILE *f);

/* Returns the rows of a terminal, 0 if f is not one or they are unknown. */
unsigned int terminal_rows(FILE *f);

/*
 * Prints text, which is safe to print and begins in this column. If the line has no room for it, it
 * goes on in lines that are indented by so many columns, broken at blanks.
 */
void terminal_print_wrapped(FILE *f, const char *text, unsigned int column, unsigned int indent);

/* Prints it in the last column of a table: it goes on below itself. */
void terminal_print_last(FILE *f, const char *text, unsigned int column);

/*
 * Prints a line of first and text. If it has no room for the text, that goes on behind next in more lines,
 * broken at blanks. list: a comma before a break is left out. Prefixes are ASCII.
 */
void terminal_print_lines(FILE *f, const char *first, const char *next, const char *text, bool list);
