/* SPDX-License-Identifier: GPL-2.0-only */
/* The words that any format has for an event. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"

struct format_context;

const char *event_name(const struct event *e);	   /* lsm_locked_down, ... */
const char *event_program(const struct event *e);  /* bpfprog= */
const char *event_decision(const struct event *e); /* allow, audit or deny */
const char *event_action(const struct event *e);   /* of a grant: given or revoked */
const char *event_attempt(const struct event *e);  /* of tampering: attach, ... */

struct text {
	const char *s;
	size_t len;
};

/* "denied (baseline)", from a table that is filled as it is used. */
struct text event_reason(const struct event *e);

/* The words for the operation of a decision are looked up once for each row of a kernel. */
struct operation_words {
	struct text name;
	struct text description;
	bool known;	 /* both are constants */
	bool unreliable; /* the task of the record may not be the one that asked */
};

const struct operation_words *event_operation(const struct format_context *c,
					      const struct event *e);

/*
 * The path of a decision's executable, completed by the mount point of its file system as far as
 * that is known; empty if it has none. Good until the next call.
 */
const char *event_exe(const struct format_context *c, const struct event *e);

/* The names of a mask's operations. Kernels name them with letters, digits and _ only. */
void event_operations(const struct format_context *c, uint64_t mask, const char *separator);
