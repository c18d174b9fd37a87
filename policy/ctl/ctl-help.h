/* SPDX-License-Identifier: GPL-2.0-only */
/* --help on stdout: the whole of it, one verb's, or that of verbs with the same first word. */
#pragma once

#include "verb.h"

void ctl_help(const struct verb_table *t);
/* The verbs whose first word it is; nothing for others. */
void ctl_help_group(const struct verb_table *t, const char *first);
void ctl_help_verb(const struct verb_table *t, const struct verb *v);
