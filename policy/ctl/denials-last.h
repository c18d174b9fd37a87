/* SPDX-License-Identifier: GPL-2.0-only */
/* The last denials, as a part of what status shows. They come from what is found at once, and are
 * none where that fails. */
#pragma once

#include "json.h"

struct pins;

/* "last_denials": an array. Inside an object. */
void denials_last_json(const struct pins *pins, struct json *j);

/* Prints a line for each; nothing if there are none. */
void denials_last_print(const struct pins *pins);
