/* SPDX-License-Identifier: GPL-2.0-only */
/* A count of all that nobody has read of the log yet, in words. */
#pragma once

#include <stdbool.h>

struct pins;

#define OVERFLOW_UNREAD_LEN 128

/*
 * "12 records and 3 repetitions not yet read by bpflock-log drain": what of the log ends with this
 * set. False if that is nothing, or if a drain is there, which reads a set to its end.
 */
bool overflow_describe_unread(const struct pins *p, char text[OVERFLOW_UNREAD_LEN]);
