/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A JSON writer: keeps track of commas and nesting, escapes strings, prints nothing else. Bytes
 * that are not UTF-8 come out as the replacement character U+FFFD, since JSON has no way to say
 * them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_SCHEMA 1
#define JSON_PRETTY "pretty" /* the argument of --json */

struct json {
	FILE *f;
	bool pretty; /* each value on a line of its own */
	bool comma;  /* the next value follows another one */
	unsigned int depth;
};

/* Opens an object that a program prints, with the version of what is in it; json_end() ends its line. */
struct json json_begin(FILE *f, bool pretty);
void json_end(struct json *j);

/* Writes one value. key: NULL inside an array or at the top. */
void json_open(struct json *j, const char *key, char bracket);
void json_close(struct json *j, char bracket);
void json_string(struct json *j, const char *key, const char *s);
void json_string_n(struct json *j, const char *key, const char *s, size_t len);
void json_u64(struct json *j, const char *key, uint64_t n);
void json_i64(struct json *j, const char *key, int64_t n);
void json_bool(struct json *j, const char *key, bool b);
void json_null(struct json *j, const char *key);
