/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a decision as explain prints them: one line each, where each was set, and which decided. */
#pragma once

#include "chain.h"
#include "json.h"
#include "securityfs.h"

struct explain_chain {
	const struct policy *policy;
	const struct explanation *e;
	uint32_t reason;
	const struct bpflock_latched *latched; /* who has latched it, or NULL */
	enum kernel_lockdown lockdown;
	bool kernel_denies, enforcing;
	uint64_t now; /* CLOCK_BOOTTIME, ns */
};

void explain_chain_print(const struct explain_chain *c);

/* Writes the array "chain", inside an object of j. */
void explain_chain_json(const struct explain_chain *c, struct json *j);
