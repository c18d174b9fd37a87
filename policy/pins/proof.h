/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attached is not enforced: without `bpf` in the active LSM list a program loads, attaches and pins
 * and is never called. So the hook is made to fire: loading a throw-away program that uses
 * bpf_probe_read_kernel() asks LOCKDOWN_BPF_READ_KERNEL (kernel/bpf/helpers.c), and that must move
 * what the kernel counts. Whether the throw-away program is then accepted does not matter.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pins.h"
#include "securityfs.h"

enum proof {
	PROOF_ENFORCING,
	PROOF_SILENT,	  /* the kernel decided without us */
	PROOF_IMPOSSIBLE, /* kernel Lockdown at confidentiality answers first, whatever is asked */
	PROOF_EXPECTED,	  /* not tried; nothing is in the way that can be seen */
	PROOF_UNKNOWN,	  /* not tried, and what would be in the way cannot be read */
	_PROOF_MAX,
};

/* One line on a result, for people; on PROOF_SILENT with the cause, where it can be told. */
const char *proof_text(enum proof p);

/* Proves a published set by its counters. 0 and *ret_proof, or a negative errno. */
int proof_of_pins(const struct pins *p, enum kernel_lockdown lockdown, enum proof *ret_proof);

/*
 * Proves one program by the number of its runs, which the kernel counts while somebody asks it to
 * (BPF_ENABLE_STATS): for a new program whose counters are shared with the one it replaces.
 * prove_fd: of its set's program prove, -1 if there is none.
 */
int proof_of_program(int prog_fd, int prove_fd, enum kernel_lockdown lockdown,
		     enum proof *ret_proof);

#define PROOF_NO_MODULE_REQUESTS "the kernel does not call bpflock for module requests"

/*
 * Proves the hook of module requests: opening a file system of a name that no module has makes the
 * kernel ask for it, and a proof is refused before modprobe is run. PROOF_IMPOSSIBLE: this kernel
 * loads no modules by itself. A published set, PROOF_ENFORCING also if it has no such program; or one
 * program. 0 or a negative errno.
 */
int proof_of_module_requests(const struct pins *p, enum proof *ret_proof);
int proof_of_module_program(int prog_fd, int prove_fd, enum proof *ret_proof);

/*
 * Begins or ends a proof of this process, to the set whose program prove that is (-1: it has none):
 * what it asks meanwhile is counted apart and leaves no record, else it is a decision as others
 * are.
 */
void proof_mark(int prove_fd, bool begin);

/*
 * Returns the state without a proof: whether "bpf" is in the list of active LSMs and ftrace is on.
 * PROOF_SILENT, _EXPECTED or _UNKNOWN.
 */
enum proof proof_by_signs(void);

/*
 * Returns whether a set denies by its policy: its lock is attached, and there is no sign that the
 * kernel does not ask it.
 */
bool proof_set_seems_enforcing(const char *set_path);
