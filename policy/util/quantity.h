/* SPDX-License-Identifier: GPL-2.0-only */
/* Durations and sizes as people write them, and back. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUANTITY_LEN 48

/* The number of a text, base 10, no more than max; false if it is none. */
bool quantity_number(const char *text, uint64_t max, uint64_t *ret);

/*
 * A duration in systemd.time(7)'s notation ("10m", "1h 30min", "500ms", "90": seconds), a century at
 * most: ns. False if it is none.
 */
bool quantity_duration(const char *text, uint64_t *ret_ns);

/* A size in bytes, with K, M or G for powers of 1024. False if it is none. */
bool quantity_size(const char *text, uint64_t *ret_bytes);

/* Writes how long ago something was, in whole units of one kind: "59s", "59m", "47h", "2d". */
void quantity_print_age(uint64_t ns, char ret_text[QUANTITY_LEN]);

/* The shortest text that the above read as the same. */
void quantity_print_duration(uint64_t ns, char ret_text[QUANTITY_LEN]);
void quantity_print_size(uint64_t bytes, char ret_text[QUANTITY_LEN]);
