/* SPDX-License-Identifier: GPL-2.0-only */
/* The variables and files of the original project of this name, and their replacements here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Returns the replacement of a variable of the original's that is not read here, or NULL: it has
 * none of that name.
 */
const char *original_variable(const char *name, size_t len);

/* Returns whether a text is YAML, as the original's files are, and not a policy file. */
bool original_is_yaml(const char *text, size_t len);

/*
 * Translates a YAML file of the original's to one line: "[kimglock], profile = baseline". Cut off
 * at size.
 */
void original_translate(const char *text, size_t len, char *ret, size_t size);
