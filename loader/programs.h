/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs and maps as one object: opened from the embedded skeleton, loaded, attached, pinned.
 * The only module that knows libbpf's objects, so that another kind of skeleton can take its place.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "pins.h"
#include "preflight.h"

struct programs;

/* Identifies the embedded BPF object: equal hashes mean equal programs and maps. */
uint64_t programs_hash(void);

/*
 * Loads, attaches nothing yet. module_request: with the program for that hook. predecessor: a set of our ABI whose counters, ring and reader state
 * go on being used, or NULL. replaced: what is lost, for the stamp. pf's BTF is freed. 0, or a negative errno with
 * the reason in error[error_len]. Until programs_pin() all of it ends with programs_free().
 */
int programs_load(struct preflight *pf, const struct bpflock_policy *policy, bool module_request,
		  const struct pins *predecessor, const struct bpflock_replaced *replaced,
		  struct programs **ret, char *error, size_t error_len);

/* The maps that the policy goes into; the fds are p's. */
struct pins_slots programs_slots(const struct programs *p);

/* Pins maps and programs below an existing set directory. */
int programs_pin(struct programs *p, const char *set_path, char *error, size_t error_len);

/*
 * Attaches the programs that only log, and pins their links. What is wrong with them is told by
 * programs_missing().
 */
void programs_attach_tracers(struct programs *p, const char *set_path);

/* Returns what this kernel cannot do, though the policy has it on, and why, or NULL; owned by p. */
const char *programs_forgone(const struct programs *p);

/* Returns the programs besides the lock that are missing, and why, or NULL; owned by p. */
const char *programs_missing(const struct programs *p);

/* Returns the fd of the hook's program, owned by p. */
int programs_hook_fd(const struct programs *p);

/* Returns the fd of the program for module requests, owned by p, -1 if that is not loaded. */
int programs_module_fd(const struct programs *p);

/* Returns the fd of the program prove, owned by p, -1 if that is not loaded. */
int programs_prove_fd(const struct programs *p);

/* Ends the fds; what is pinned lives on. */
struct programs *programs_free(struct programs *p);
void programs_freep(struct programs **p);
