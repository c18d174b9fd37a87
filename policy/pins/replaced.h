/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of the log that ended with a set which was replaced. See struct bpflock_replaced. */
#pragma once

#include "abi.h"
#include "pins.h"

/*
 * Returns the contents of a set as far as they are known without its format: enum bpflock_dropped.
 */
uint32_t replaced_contents(const struct pins *p);

/* The ith kind's name in JSON, if the mask has it, else NULL. i < REPLACED_MAX */
#define REPLACED_MAX 4
const char *replaced_name(uint32_t mask, size_t i);

/* Describes what was lost with a set that was replaced, and its version, in text[len]. */
void replaced_describe(const struct bpflock_replaced *r, char *text, size_t len);
