/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is beside the ring: repetitions that wait for a record to carry them, and the newest records
 * of each kind that found the ring full. See bpf/recent.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../bpf/abi.h"

struct beside {
	const struct bpflock_recent *recent; /* mapped, NULL if that was not possible */
	struct bpflock_kept *kept;	     /* the same; written only to consume */
	int carry_fd;			     /* the program, -1 without */
	int ask_fd, take_fd; /* of a sealed set, whose maps nobody gets; else -1 */
	bool consume;
	/* what was taken and is not given back yet */
	struct taken {
		uint32_t index;
		uint64_t seq;
	} taken[BPFLOCK_KEPT_MAX];
	size_t n_taken;
};

#define BESIDE_INIT           \
	{                     \
		.carry_fd = -1, .ask_fd = -1, .take_fd = -1 \
	}

/*
 * Opens what of it there is and may be opened; without any of it a reader tells less, and loses
 * nothing: what it cannot see goes on waiting, or is reported lost. set_path: of the pins.
 */
void beside_open(const char *set_path, bool consume, struct beside *ret);
void beside_close(struct beside *b);

/* Has the kernel write a record for repetitions that have waited long enough; all: for any. */
void beside_carry(const struct beside *b, bool all);

/*
 * The kept records with numbers first..last, in their order: at most max, how many. To consume, they
 * are claimed: beside_release() after they were printed.
 */
size_t beside_take(struct beside *b, uint64_t first, uint64_t last,
		   struct bpflock_decision_record *ret_records, size_t max);

/* Frees the slots of what was taken. */
void beside_release(struct beside *b);
