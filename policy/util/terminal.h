/* SPDX-License-Identifier: GPL-2.0-only */
/* Output for people is laid out for their terminal; pipes and files get lines unchanged. */
#pragma once

#include <stdio.h>

/* Returns the columns of the terminal, 0 if f is not one or they are unknown. */
unsigned int terminal_columns(FILE *f);

/* Returns its rows likewise. */
unsigned int terminal_rows(FILE *f);

/*
 * Prints text, which is safe to print and begins in this column, the last one of a table. On a
 * terminal that is too narrow for it, it goes on below itself, broken at blanks.
 */
void terminal_print_last(FILE *f, const char *text, unsigned int column);
