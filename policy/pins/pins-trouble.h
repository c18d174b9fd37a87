/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "pins.h"

#define PINS_TROUBLE_LEN 176

/*
 * The reason why a set that pins_open() has opened is not used: "made by bpflock 9.9 with pin
 * format 77, and this is format 6", for messages of all programs.
 */
void pins_trouble(const struct pins *p, char ret_text[PINS_TROUBLE_LEN]);

/*
 * Returns whether a set of another pin format is sealed: only reboot ends the trouble, and no
 * command helps.
 */
bool pins_trouble_lasts(const struct pins *p);
