/* SPDX-License-Identifier: GPL-2.0-only */
/* The proof that a seal holds: counts, lists and searches, by the sealer and by every status. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seal-abi.h"

#define SEAL_WHY_LEN 256

enum seal_state {
	SEAL_NONE,
	SEAL_UNFINISHED, /* a set that was to be sealed, and is not */
	SEAL_CLOSED,	 /* the set says that it is sealed */
};

/*
 * Reads a set's own word about its seal; seal_look_prove() shows whether it holds. 0 with
 * *ret_state and, unless SEAL_NONE, *ret_seal; or a negative errno.
 */
int seal_look_read(const char *set_path, enum seal_state *ret_state, struct bpflock_seal *ret_seal);

/*
 * Returns whether a version whose seal was made in another way, with pin format 4, has sealed the
 * set or was about to. More is not known of it here, and it lasts until reboot.
 */
bool seal_look_is_older(const char *set_path);

/* Returns whether this kernel's verifier lets a program of type lsm on this function say yes. */
bool seal_look_lsm_may_consent(uint32_t lsm_function);

/*
 * Returns whether somebody may load a program that answers for this function; nothing is attached.
 */
bool seal_look_rival_loads(uint32_t asking_function);

/* The name of a map that is counted, without the prefix. */
const char *seal_look_map_name(uint32_t map);

/*
 * Computes the expected refcnt of the maps: first the slots they are in, then each program that
 * uses them.
 */
void seal_look_expect_slots(const struct bpflock_references maps[_BPFLOCK_MAP_MAX],
			    uint32_t ret_refcnt[_BPFLOCK_MAP_MAX]);
void seal_look_count_users(const struct bpflock_references maps[_BPFLOCK_MAP_MAX],
			   const uint32_t *ids, uint32_t n_ids, uint32_t refcnt[_BPFLOCK_MAP_MAX]);

/*
 * Returns whether no program but the set's own could answer in the place of ours; look_fd: its
 * program look. 0, -EBUSY and why[SEAL_WHY_LEN] if there is one, or another negative errno.
 */
int seal_look_for_rivals(int look_fd, char *why);

/*
 * Returns whether the set's programs are where they have to be: on the root by no link, the last of
 * their hooks, and no other may be put before them. As above.
 */
int seal_look_at_root(const uint32_t programs[_BPFLOCK_ROOT_MAX], char *why);

/* Returns whether the kernel calls BPF LSM programs at all. As above. */
int seal_look_at_ftrace(char *why);

/*
 * Returns whether a set is sealed, and everything that makes it so holds now. ask_fd, look_fd: its
 * programs. 0 with *ret_seal; -EBUSY and why if not all of it can be shown, *ret_seal being what
 * the set itself says; or another negative errno.
 */
int seal_look_prove(int ask_fd, int look_fd, struct bpflock_seal *ret_seal, char *why);
