/* SPDX-License-Identifier: GPL-2.0-only */
/* What the original project of this name was told by variables and files, and what does it here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* What takes the place of a variable of the original's that is not read here, or NULL: it has none
 * of that name. */
const char *original_variable(const char *name, size_t len);

/* Whether a text is YAML, as the original's files are, and not a policy file. */
bool original_is_yaml(const char *text, size_t len);

/*
 * What a YAML file of the original's would be here, in one line: "[kimglock], profile = baseline".
 * Cut off at size.
 */
void original_translate(const char *text, size_t len, char *ret, size_t size);
