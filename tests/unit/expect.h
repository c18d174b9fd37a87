/* SPDX-License-Identifier: GPL-2.0-only */
/* Diagnostics that a test expects of a parser. */
#pragma once

#include <stdbool.h>

#include "diagnostic.h"

struct expected {
	const char *place;    /* "file:2:11", NULL: the message has none */
	const char *fragment; /* of the message; a row without one ends a list */
	bool warning;
};

/* Fails the test unless d holds exactly these, in this order. label: the input, for whoever reads the failure. */
void expect_diagnostics(const char *label, const struct diagnostics *d, const struct expected *list);
