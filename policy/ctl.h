/* SPDX-License-Identifier: GPL-2.0-only */
/* What the verbs of bpflock-ctl share. Each gets the parsed command line and returns an exit
 * status. */
#pragma once

#include <stdbool.h>

#include "json.h"
#include "pins.h"
#include "securityfs.h"
#include "status.h"
#include "util.h"

#define CTL_PROGRAM "bpflock-ctl"

struct ctl {
	const char *bpffs;
	bool json;
	bool dry_run;
	char **operands; /* after the verb; each n names n + first_operand on the command line */
	int n;
};

typedef enum exit_status (*ctl_fn)(const struct ctl *c);

enum exit_status ctl_status(const struct ctl *c);
enum exit_status ctl_show_operations(const struct ctl *c);
enum exit_status ctl_show_policy(const struct ctl *c);
enum exit_status ctl_set(const struct ctl *c);
enum exit_status ctl_verify(const struct ctl *c);
enum exit_status ctl_doctor(const struct ctl *c);
enum exit_status ctl_unload(const struct ctl *c);

/* A writer on stdout. Whoever fails before asking for one gets a JSON object from main(). */
struct json ctl_json(void);
bool ctl_json_begun(void);

/* The last message of ctl_error(), "" before the first. */
const char *ctl_last_error(void);

/*
 * A set that an interrupted run left and that enforces, beside the published one or without one:
 * its name, to be freed, or NULL.
 */
char *ctl_enforcing_leftover(const struct ctl *c);

/* One line on stderr, "bpflock-ctl: ...". */
void ctl_error(const char *fmt, ...) PRINTF(1, 2);

/*
 * Opens the published set, whole and of our ABI. Reports what is in the way and returns its status;
 * STATUS_OK sets *ret_pins.
 */
enum exit_status ctl_open(const struct ctl *c, struct pins **ret_pins);

/* Takes the lock that loader and ctl share; as above. The caller closes *ret_fd. */
enum exit_status ctl_lock(const struct ctl *c, int *ret_fd);

/* Reports that `attempt` failed with errno -r; STATUS_NOT_PERMITTED or STATUS_FAILED. */
enum exit_status ctl_failed(const char *attempt, int r);

/* Kernel Lockdown's state; absent if securityfs cannot be read. */
enum kernel_lockdown ctl_kernel_lockdown(void);

/* The names of a mask's operations as a JSON array. */
void ctl_json_mask(struct json *j, const char *key, const struct bpflock_operation *ops,
		   __u64 mask);

/* The same as comma-separated text; `none` if the mask is empty. */
void ctl_print_mask(const struct bpflock_operation *ops, __u64 mask, const char *none);

/* level, mode, lists, ... with who set them. */
void ctl_json_policy(struct json *j, const struct bpflock_operation *ops,
		     const struct bpflock_policy *p);
