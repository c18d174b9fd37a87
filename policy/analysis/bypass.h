/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Each operation gives powers, and makes it pointless to block others: an operation that is denied
 * is bypassed by each open one that leads to at least the powers it guards. Knows what the kernel
 * asks about and nothing else: a BPF program that follows BTF pointers reads kernel memory unasked.
 * Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

enum power {
	POWER_CODE,
	POWER_BOOT,
	POWER_WRITE,
	POWER_DMA,
	POWER_REGISTERS,
	POWER_FIRMWARE,
	POWER_TASKS,
	POWER_READ,
	POWER_MISLEAD,
	POWER_GLIMPSE,
	POWER_KEYS,
	POWER_SURFACE,
	_POWER_MAX,
};

struct power_info {
	const char *name;
	const char *description; /* "runs code in the kernel" */
	unsigned int weight;	 /* 0 to 100: how far it opens the kernel if nothing else is open */
	unsigned int leads_to;	 /* 1 << enum power, one step on */
};

enum machine_family {
	FAMILY_ANY,
	FAMILY_X86,
	FAMILY_POWERPC,
};

struct bypass_fact {
	const char *operation;
	unsigned int powers; /* 1 << enum power: what it gives, and so what blocking it guards */
	const char *how;
	enum machine_family family; /* where the kernel asks about it */
	const char *needs;	    /* another operation that is asked about on the way, or NULL */
};

extern const struct power_info bypass_powers[_POWER_MAX];
extern const struct bypass_fact bypass_facts[];
extern const size_t bypass_facts_count;

/* Returns the facts of an operation; for an unknown one, the worst of its level. Never NULL. */
const struct bypass_fact *bypass_fact(const struct bpflock_operation *op);

/* The operations that a kernel for this machine (uname(2)) can ask about. */
uint64_t bypass_applicable(const struct bpflock_operation ops[BPFLOCK_REASONS],
			   const char *machine);

/* The levels of operations_assume(), which has none: by what an operation gives. */
void bypass_assume_levels(struct bpflock_operation ops[BPFLOCK_REASONS]);

/* Everything that these powers lead to, themselves included. */
unsigned int bypass_closure(unsigned int some);

/* Returns the open operations that lead around the denied one. Both sets: of those that apply. */
uint64_t bypass_through(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t open,
			uint32_t reason);

/*
 * Returns the exposure of the kernel, 0 to 100. Opening one more operation never lowers it: each
 * power that an open operation gives takes its weight, in percent, off what was left closed by the
 * others.
 */
unsigned int bypass_exposure(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t open);

/* "SAFE" to "UNSAFE", by the limits of systemd-analyze security. */
const char *bypass_word(unsigned int exposure);
