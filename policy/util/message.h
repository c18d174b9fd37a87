/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to people, on stderr: "PROGRAM: OBJECT: cannot ACTION: REASON" and, on a line of its own,
 * "PROGRAM: hint: COMMAND". Control bytes are escaped.
 */
#pragma once

#include "util.h"

/* The end of an error of a verb that changes something, and did not. */
#define MESSAGE_UNCHANGED " (nothing was changed)"

/* Sets the name that lines begin with. It is kept, not copied. */
void message_program(const char *name);

void message_error(const char *fmt, ...) PRINTF(1, 2);
void message_warning(const char *fmt, ...) PRINTF(1, 2);

/* One thing that helps. Of several, the first is printed: later ones follow from the same cause. */
void message_hint(const char *fmt, ...) PRINTF(1, 2);

/* "OBJECT: cannot ACTION: REASON". r: a negative errno, which is returned. */
int message_cannot(const char *object, const char *action, int r);
