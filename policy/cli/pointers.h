/* SPDX-License-Identifier: GPL-2.0-only */
/* Words that people try because another tool has them, and verbs given to the wrong program. */
#pragma once

/* Returns the command to type in place of `word`, or NULL. */
const char *pointers_find(const char *word);
