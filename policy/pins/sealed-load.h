/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The set that takes the place of another one when that is sealed: loaded under reserved names and
 * filled from it. What is then done with it is in sealed.h; only that module looks into it.
 */
#pragma once

#include <bpf/libbpf.h>
#include <stddef.h>

#include "pins.h"
#include "seal-abi.h"
#include "util.h"

#define SEALED_PROGRAMS_MAX 32

struct sealed_set {
	struct sealed *skel; /* until the maps are closed */
	int rodata_fd;
	struct pins_slots slots;
	uint32_t stricter;
	uint32_t asking_bpf; /* BTF id of security_bpf(), which nobody may answer for */
	size_t n; /* the programs, whose fds outlive the skeleton */
	struct {
		char name[32]; /* without the prefix */
		enum bpf_prog_type type;
		int fd;
	} programs[SEALED_PROGRAMS_MAX];
};

/*
 * Loads the programs and maps and fills these with what p has: policy, latch, counters. Attaches
 * nothing. 0, or a negative errno with error[len]. Ended by sealed_free().
 */
int sealed_load(const struct pins *p, struct sealed_set **ret, char *error, size_t len);

/* Closes the fds of all maps: from then on the set is read by its programs alone. */
void sealed_close_maps(struct sealed_set *s);

struct sealed_set *sealed_free(struct sealed_set *s);
void sealed_freep(struct sealed_set **s);

/* Goes on counting where p is. 0 or a negative errno. */
int sealed_load_counters(const struct sealed_set *s, const struct pins *p);

/* The name of a program or map without the prefix. */
const char *sealed_load_plain_name(const char *name);

/* Returns whether it is a program that only logs, which a link attaches. */
bool sealed_load_only_logs(const struct bpf_program *prog);

/* Fills in error[len] and hands on r. */
int sealed_load_fail(int r, char *error, size_t len, const char *fmt, ...) PRINTF(4, 5);
