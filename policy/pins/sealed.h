/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The set that takes the place of another one when that is sealed: loaded under reserved names,
 * filled from it, attached to the root by no link. See seal.c for the order.
 */
#pragma once

#include <stddef.h>

#include "pins.h"
#include "seal-abi.h"

struct sealed_set;

/* The slot that a trial may be ended to, BPFLOCK_NO_SLOT if there is no trial. */
uint32_t sealed_stricter_slot(const struct sealed_set *s);

/* Pins what is found by its pins: programs, the ring and the reader's map. Below an existing set
 * directory. */
int sealed_pin(const struct sealed_set *s, const char *set_path, const char *like_set, char *error,
	       size_t len);

/*
 * Attaches guards and lock, in this order, and the tracers of executions by links that are pinned. The lock goes
 * on counting where that of p is.
 */
int sealed_attach(const struct sealed_set *s, const struct pins *p, int root_fd,
		  const char *set_path, char *error, size_t len);

/* Detaches what sealed_attach() has attached to the root. */
void sealed_detach(const struct sealed_set *s, int root_fd);

/* The id of an attached program. */
uint32_t sealed_program_id(const struct sealed_set *s, enum bpflock_root_program which);

/* BTF id of security_bpf(). */
uint32_t sealed_asking_function(const struct sealed_set *s);

/* Freezes what only programs write any more, and compares all that can be read with what it has to
 * be. */
int sealed_freeze(const struct sealed_set *s, const struct pins *p, char *error, size_t len);

/* Runs a program by its plain name; what it returns, or a negative errno. */
int sealed_run(const struct sealed_set *s, const char *name, void *context, uint32_t size);

/* Its fd, which is the set's. */
int sealed_program(const struct sealed_set *s, const char *name);

/* Computes the refcnt of each map when only the set's own programs refer to it. */
int sealed_expect(const struct sealed_set *s, uint32_t ret_refcnt[_BPFLOCK_MAP_MAX]);
