/* SPDX-License-Identifier: GPL-2.0-only */
/* Filters as options say them. */
#pragma once

#include "filter.h"

/* A filter begins as zeros, and passes everything. Frees what it holds. */
void filter_parse_done(struct filter *f);

/* Takes in what an option says; its name is for messages. Returns whether there was no error. */
bool filter_parse_add(struct filter *f, enum filter_kind kind, const char *text, const char *option,
		      struct diagnostics *d);

/* The ith word for an event, NULL behind the last one. */
const char *filter_parse_event_word(size_t i);
