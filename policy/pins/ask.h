/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading a sealed set: nobody gets an fd of its maps, so a program of its own is run and answers
 * in its context. Sets that are not sealed are read by their maps (pins.c), because until 6.8 the
 * kernel frees a map of a slot too early for programs that may sleep, and only a sealed set changes
 * none.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "seal-abi.h"

#define ASK_PIN "progs/ask"

/* Returns whether a name of the kernel's is one that only objects of a sealed set have. */
bool ask_is_reserved(const char *name);

/* An fd of the program, or a negative errno: -ENOENT if this is not a sealed set. */
int ask_open(const char *set_path);

/* The program of a sealed set that is pinned under this name, or a negative errno. */
int ask_open_program(const char *set_path, const char *name);

/* Runs a program of a sealed set; what it returns, or a negative errno. */
int ask_run(int fd, void *context, uint32_t size);

/* Asks one question; how many answers there are, or a negative errno: -ENOENT if there is no such.
 */
int ask(int fd, struct bpflock_question *q);

int ask_seal(int fd, struct bpflock_seal *ret);
int ask_stamp(int fd, struct bpflock_stamp *ret);
int ask_latch(int fd, struct bpflock_latch *ret);
int ask_log_state(int fd, struct bpflock_log_state *ret);
int ask_policy(int fd, uint32_t slot, struct bpflock_policy *ret);
int ask_counters(int fd, struct bpflock_counters ret[BPFLOCK_COUNTERS_MAX]);
int ask_references(int fd, struct bpflock_references ret[_BPFLOCK_MAP_MAX]);

/*
 * Reads n rows of a bank; what: BPFLOCK_ASK_RULES, _PATHS or _GRANTS. *ret_rows: the caller frees
 * it. Returns how many there were, or a negative errno.
 */
int ask_rows(int fd, enum bpflock_ask what, uint32_t bank, uint32_t n, void **ret_rows);
