/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A strict reader of flat JSON (RFC 8259): one object whose values are strings, numbers, words and
 * arrays of these. An object inside of it is an error. It needs no memory, because every text
 * becomes shorter when it is unescaped in its place. Pure.
 */
#pragma once

#include <stddef.h>

/*
 * Takes one member. The texts are not NUL-terminated, and may hold NULs. The value is that of a
 * string, the bytes that an array of numbers stands for, or a number or true or false as it is
 * written. null and other arrays are left out.
 */
typedef void (*flat_json_fn)(void *arg, const char *key, size_t key_len, const char *value, size_t len);

/* Parses text[len], which is changed. Returns NULL, or the fault as a text for a message. */
const char *flat_json_parse(char *text, size_t len, flat_json_fn take, void *arg);

/*
 * Unescapes the JSON string whose opening quote is at *at, before `end`. Sets *at behind its closing
 * quote, and *ret, *ret_len to its bytes. Returns NULL, or the fault.
 */
const char *flat_json_string(char **at, char *end, char **ret, size_t *ret_len);
