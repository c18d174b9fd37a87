/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Can this kernel enforce, here, now? And if not, why not and what helps? One row per prerequisite,
 * run in order: the loader stops at the first that fails, `bpflock-ctl doctor` shows all. Nothing
 * is changed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"
#include "btf.h"
#include "exit-status.h"
#include "securityfs.h"

/* The checks keep what they find out, for the load. */
struct preflight {
	const char *bpffs; /* in */
	bool attach;	   /* in: also attach what is loaded to try, unless a lock of ours is there already */
	bool privileged;
	struct raw_btf *btf; /* vmlinux; owned */
	struct bpflock_operation operations[BPFLOCK_REASONS];
	uint32_t hook_btf_id; /* of the hook's function */
	bool locked;	      /* a lock of ours is attached */
	uint32_t host_netns;  /* inode number of the initial network namespace */
	bool bpffs_mounted;
	enum kernel_lockdown lockdown;
};

void preflight_init(struct preflight *pf, const char *bpffs);
void preflight_done(struct preflight *pf);

/* Frees the BTF, 5 MB, for whoever needs no more of it; the rest stays. */
void preflight_forget_btf(struct preflight *pf);

/*
 * Finds the operations before anything else is checked, so that a policy's own mistakes come first.
 * Needs no privilege. Where the kernel does not tell, all known ones are assumed and false is
 * returned.
 */
bool preflight_operations(struct preflight *pf);

#define PREFLIGHT_CURE_LEN 1024

enum check_state {
	CHECK_OK,
	CHECK_NOTE,    /* worth knowing, not in the way */
	CHECK_SKIPPED, /* cannot be told after an earlier failure */
	CHECK_FAILED,
	_CHECK_MAX,
};

struct check_result {
	const char *name;
	enum check_state state;
	enum exit_status status; /* STATUS_OK unless it failed */
	char detail[384];
	char cure[PREFLIGHT_CURE_LEN]; /* "" where there is none or none is needed */
};

extern const size_t preflight_count;

/* Runs check number i (of preflight_count), in order. One that needs what a failed one did not find
 * is skipped. */
void preflight_run(struct preflight *pf, size_t i, struct check_result *ret);

/* Runs all in order up to the first failure, which is then *ret. Returns whether all passed. */
bool preflight_all(struct preflight *pf, struct check_result *ret);
