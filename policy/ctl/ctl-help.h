/* SPDX-License-Identifier: GPL-2.0-only */
/* --help on stdout: the whole of it, or one verb's. */
#pragma once

#include "verb.h"

void ctl_help(const struct verb_table *t);
void ctl_help_verb(const struct verb_table *t, const struct verb *v);
