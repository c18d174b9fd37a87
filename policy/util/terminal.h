/* SPDX-License-Identifier: GPL-2.0-only */
/* What is for people is laid out for their terminal; pipes and files get lines as they are. */
#pragma once

#include <stdio.h>

/* How wide the terminal is, 0 if f is none or nobody knows. */
unsigned int terminal_columns(FILE *f);

/*
 * Prints text, which is safe to print and begins in this column, the last one of a table. On a
 * terminal that is too narrow for it, it goes on below itself, broken at blanks.
 */
void terminal_print_last(FILE *f, const char *text, unsigned int column);
