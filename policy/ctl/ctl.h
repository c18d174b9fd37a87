/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verbs of bpflock-ctl share this. Each gets the parsed command line and returns an exit
 * status.
 */
#pragma once

#include <stdbool.h>

#include "exit-status.h"
#include "pins.h"
#include "policy.h"
#include "securityfs.h"
#include "util.h"

#define CTL_PROGRAM "bpflock-ctl"

/* The options, rows of the table in main.c. */
enum ctl_option {
	CTL_BPFFS = 1,
	CTL_JSON,
	CTL_DRY_RUN,
	CTL_IF_GENERATION,
	CTL_CGROUP,
	CTL_UNIT,
	CTL_PID,
	CTL_SELF,
	CTL_HOST,
	CTL_FOR,
	CTL_COMMENT,
	CTL_CONFIRM,
	CTL_REVERT,
	CTL_STDIN,
	CTL_ALL,
	CTL_THRESHOLD,
	CTL_LEVEL,
	CTL_YES,
	CTL_FORCE,
	CTL_WAIT,
	CTL_TEXTFILE,
	CTL_FORMAT,
	CTL_PROBE,
	CTL_OUTPUT,
	CTL_HOST_NETNS,
	CTL_EXIT_CODE,
	CTL_LINES,
	CTL_BY_UNIT,
	CTL_DOT,
	CTL_WATCH,
	CTL_INTERVAL,
	CTL_QUIET,
	CTL_COLOR,
	CTL_HELP,
	CTL_VERSION,
	_CTL_OPTION_MAX,
};

struct ctl {
	const char *verb;
	const char *bpffs;
	bool json;
	bool dry_run;
	bool no_records; /* print nothing of the log */
	uint64_t wait_ms; /* for the lock, see pins_lock() */
	char **operands; /* after the verb */
	int n;
	const char *options[_CTL_OPTION_MAX]; /* their arguments, "" for flags; NULL: not given */
};

typedef enum exit_status (*ctl_fn)(const struct ctl *c);

/* Checks that a set may be changed: not if it is sealed, which is reported. */
enum exit_status ctl_check_seal(const char *set_path);

/*
 * Checks before a change that the kernel's clock can be told here, and its command line read. If
 * not, that is told.
 */
enum exit_status ctl_check_machine(void);

/* The first error that was told by ctl_error() or ctl_diagnostics(), "" before that. */
const char *ctl_first_error(void);

/* The id of a lock's program that enforces and that no set here has pinned; 0: there is none. */
uint32_t ctl_hidden_lock(const struct ctl *c);

/* Reports that the published set is not a directory of root's, and returns its status. */
enum exit_status ctl_not_ours(const struct ctl *c);

/* Reports a container without the host's bpffs, which shows nothing of what is loaded there. */
enum exit_status ctl_check_bpffs(const struct ctl *c);

/* Reports that no set is published, and returns the status of that. */
enum exit_status ctl_absent(const struct ctl *c);

/* One line on stderr, "bpflock-ctl: ...". */
void ctl_error(const char *fmt, ...) PRINTF(1, 2);

/* The one command that mends what was just told, as a line of its own: the first one given is the only one. */
void ctl_hint(const char *fmt, ...) PRINTF(1, 2);

/* Begins a line of progress, see progress.h, unless --quiet is given. What is printed on stderr hides it. */
void ctl_progress(const struct ctl *c, const char *text, uint64_t after_ms);

/* All that d has to say, likewise. */
void ctl_diagnostics(const struct diagnostics *d);

/* Prints the same for a verb that changes nothing because of the errors: the last one says so. */
void ctl_refuse(const struct diagnostics *d);

/*
 * Opens the set that decides, whole and of our ABI. Reports what is in the way and returns its status;
 * STATUS_OK sets *ret_pins.
 */
enum exit_status ctl_open(const struct ctl *c, struct pins **ret_pins);

/* Opens the pins and reads the active policy, which the caller ends with policy_done(). */
enum exit_status ctl_open_policy(const struct ctl *c, struct pins **ret_pins,
				 struct policy *ret_policy);

/*
 * Checks that the loaded set has a program for module requests if a policy, or what is to be latched,
 * names them. Else that is reported with its cure: STATUS_USAGE, or STATUS_NOT_PERMITTED of a sealed
 * set.
 */
enum exit_status ctl_check_module_program(const struct pins *pins, const struct policy *policy,
					  uint64_t latched);

/* Takes the lock that loader and ctl share; as above. The caller closes *ret_fd. */
enum exit_status ctl_lock(const struct ctl *c, int *ret_fd);

/* The caller, as far as it decides what helps against a denial. */
struct ctl_caller {
	bool user_namespace; /* not in the initial one */
	bool container;
	bool capable; /* of CAP_SYS_ADMIN */
	bool root;
};

/* Prints the hint for a caller who was denied with errno -r, if there is one. */
void ctl_hint_denied(const struct ctl_caller *who, int r);

/* Reports that `attempt` failed with errno -r; STATUS_NOT_PERMITTED or STATUS_FAILED. */
enum exit_status ctl_failed(const char *attempt, int r);

/*
 * Warns of the exceptions of a compiled policy that the running kernel does not honour, and names what
 * would make them hold.
 */
void ctl_warn_overruled(const struct policy *p, const struct bpflock_operation *ops,
			struct diagnostics *d);

/* Kernel Lockdown's state as it was when this was first called; absent if securityfs cannot be read. */
enum kernel_lockdown ctl_kernel_lockdown(void);

/* Reads the duration of --for. Returns false if it is invalid, which is reported. */
bool ctl_duration(const struct ctl *c, uint64_t *ret_ns);
