/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps of a decision in the order in which they are taken: Kernel Lockdown, then the kernel's
 * program. Each step decides, or passes the question on. Made of an explanation, so that it is the
 * kernel's decision and no second opinion. Pure.
 */
#pragma once

#include "explain.h"

enum chain_link {
	CHAIN_LOCKDOWN,
	CHAIN_LATCH,
	CHAIN_BLOCK,
	CHAIN_ALLOW,
	CHAIN_LEVEL,
	CHAIN_PROFILE,
	CHAIN_GRANT,
	_CHAIN_MAX,
};

enum chain_says {
	CHAIN_UNREACHED, /* an earlier step has decided */
	CHAIN_PASSES,
	CHAIN_ALLOWS,
	CHAIN_AUDITS,
	CHAIN_DENIES,
};

struct chain_step {
	enum chain_says says;
	bool decides; /* of one step at most */
};

/*
 * Sets the steps of *e, which is for a latched operation if explain_latched() has made it. lockdown:
 * Kernel Lockdown denies it. asked: the kernel asks the program; if it does not, no step of ours is
 * reached and nothing decides.
 */
void chain_make(const struct explanation *e, bool lockdown, bool asked,
		struct chain_step ret[_CHAIN_MAX]);

/* "lockdown", "latch", ... */
const char *chain_link_name(enum chain_link link);

/* "allow", "audit", "deny"; NULL: it has no say. */
const char *chain_says_name(enum chain_says says);
